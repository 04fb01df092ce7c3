/**
 * SQL that makes a value of the warehouse of the text in which PostgreSQL wrote it (`text` is an SQL expression, read several times).
 * NaN and instants beyond our calendar have no counterpart: they become NULL, in old rows as in new ones.
 */
export const castText = (text: string, type: string): string => {
  if (type === 'VARCHAR') return text
  if (!type.endsWith('[]')) return `${mayNotFit.test(type) ? 'try_cast' : 'cast'}(${text} as ${type})`
  if (type === 'VARCHAR[]') return listOfTexts(text)
  return `try_cast(${neverQuoted.test(type) ? split(text) : listOfTexts(text)} as ${type})`
}

const mayNotFit = /^(DECIMAL|DATE|TIMESTAMP)/
const neverQuoted = /^(DECIMAL|DATE|SMALLINT|INTEGER|BIGINT|UUID|BOOLEAN)\b/

const split = (text: string): string => `case when ${text} = '{}' then [] else string_split((${text})[2:-2], ',') end`

/** `{a,"b c",NULL}`: elements are quoted where they must be; that is rare, and splitting at commas is several times faster. */
const listOfTexts = (text: string): string => `
  case
    when ${text} = '{}' then []
    when not regexp_matches(${text}, '["\\\\]|NULL') then string_split((${text})[2:-2], ',')
    else list_transform(
      regexp_extract_all((${text})[2:-2], '"(?:[^"\\\\]|\\\\.|\\\\\\n)*"|[^,]+'),
      lambda element: case
        when element[1] = '"' then regexp_replace(element[2:-2], '\\\\(.)', '\\1', 'gs')
        when element = 'NULL' then null
        else element
      end)
  end`
