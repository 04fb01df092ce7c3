import { Hono } from 'hono'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { faultText } from '../import/fault.ts'
import { Id } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { RuleViolation } from '../rule-violation.ts'
import { sexes } from '../vocabulary.ts'
import { compare, readFile, takeOver, undecided } from './take-over.ts'

/** The whole file: CSV or JSON. */
const file = z.string().min(1).max(200_000)
const Checked = z.strictObject({ file })
const TakeOver = z.strictObject({
  file,
  choices: z
    .array(
      z.discriminatedUnion('action', [
        z.strictObject({ line: z.int().min(1), action: z.enum(['existing', 'update']), client_id: Id }),
        z.strictObject({ line: z.int().min(1), action: z.literal('new') }),
      ]),
    )
    .max(500),
})

const Person = z.object({
  given_name: z.string(),
  family_name: z.string(),
  birth_date: z.iso.date(),
  sex: z.enum(sexes),
  unaccompanied_minor: z.boolean(),
  external_reference: z.string().nullable(),
})
const Compared = Person.extend({
  line: z.int(),
  case_number: z.string(),
  begin_on: z.iso.date(),
  known: z.array(Person.extend({ client_id: z.uuid(), same: z.enum(['reference', 'name']) })),
  case_id: z.uuid().nullable(),
})
const Comparison = z.object({ rows: z.array(Compared), faults: z.array(z.string()) }).meta({ id: 'TakeOverComparison' })
export type TakeOverComparison = z.infer<typeof Comparison>
const Done = z
  .object({
    clients_created: z.int(),
    clients_updated: z.int(),
    cases_opened: z.int(),
    cases: z.array(z.object({ id: z.uuid(), case_number: z.string() })),
  })
  .meta({ id: 'TakenOver' })
export type TakenOver = z.infer<typeof Done>

const readAndCompare = async (trx: Transaction<Database>, reader: Reader, text: string, now: Date) => {
  const read = readFile(text, berlinDay(now))
  const { row_word } = read
  const none = { rows: [], faults: read.faults }
  const { rows, faults } = read.faults.length > 0 ? none : await compare(trx, reader.youth_authority_id!, read.rows)
  return { rows, faults: faults.map((fault) => faultText(fault, row_word)), row_word }
}

const tag = 'case'

export const takeOverRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .post(
      '/clients/take-over/check',
      operation({
        summary: 'Reads a file of a specialist system and tells what is there already; writes nothing',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'Rows and faults', schema: Comparison } },
      }),
      only('caseworker'),
      validate('json', Checked),
      async (c) => {
        const { reader } = c.var
        const { rows, faults } = await asReader(deps.db, reader, (trx) => readAndCompare(trx, reader, c.req.valid('json').file, deps.now()))
        return c.json(Comparison.parse({ rows: faults.length > 0 ? [] : rows, faults }))
      },
    )
    .post(
      '/clients/take-over',
      operation({
        summary: 'Takes over the clients and cases of a file, all of them or none',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 200: { description: 'What was written', schema: Done } },
      }),
      only('caseworker'),
      validate('json', TakeOver),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { reader } = c.var
          const { file, choices } = c.req.valid('json')
          const { rows, faults, row_word } = await readAndCompare(trx, reader, file, deps.now())
          if (faults.length > 0)
            throw new RuleViolation(
              'take_over_faults',
              faults.map((message) => ({ field: 'file', message })),
            )
          const open = undecided(rows, choices)
          if (open.length > 0)
            throw new RuleViolation(
              'take_over_undecided',
              open.map((line) => ({ field: `choices.${line}`, message: `${row_word} ${line}: Bitte sagen, ob es dieselbe Person ist.` })),
            )
          return { status: 200, body: Done.parse(await takeOver(trx, reader, { rows, choices }, deps.now())) }
        }),
    )
