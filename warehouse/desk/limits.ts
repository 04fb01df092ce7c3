/** Rows of a result; what is beyond is told, not sent. */
export const mostRows = 100_000
/** Bytes of a result as text. */
export const mostBytes = 16 * 1024 ** 2
/** What DuckDB may take, and the whole process: long texts escape DuckDB's own count. */
export const duckdbMemory = '512MB'
export const processMemory = 1024 ** 3
export const longestQuery = 20_000
/** Characters of a query. */
export const longestText = 20_000
