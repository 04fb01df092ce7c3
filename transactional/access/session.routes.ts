import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database.ts'
import { DEMONSTRATION_PASSWORD } from '../demo/accounts.ts'
import { operation, validate, type Deps } from '../route.ts'
import { RuleViolation } from '../rule-violation.ts'
import { roles } from '../vocabulary.ts'
import { unreadItems } from '../portal/inbox.routes.ts'
import { addressOf } from './address.ts'
import { asReader } from './as-reader.ts'
import { hashPassword, NewPassword } from './password.ts'
import { readerOf, tokenOf, type Reader } from './reader.ts'
import { absoluteLimit, closeOtherSessions, closeSession, cookieName, countOnline, openSession } from './session.ts'
import { proveAccount } from './sign-in.ts'

const Credentials = z.strictObject({
  state: z.string().regex(/^[A-Z]{2}$/, 'ist kein Bundesland.'),
  user_name: z.string().trim().toLowerCase().min(1).max(80),
  password: z.string().min(1).max(200),
  /** to keep data protection rules and not to disclose contents to third parties */
  pledge: z.literal(true),
})
const PasswordChange = z.strictObject({ current_password: z.string().min(1).max(200), new_password: NewPassword })

const SessionView = z.object({
  user_name: z.string(),
  display_name: z.string(),
  federal_state: z.string(),
  federal_state_name: z.string(),
  roles: z.array(z.enum(roles)),
  youth_authority: z.object({ id: z.string(), abbreviation: z.string(), name: z.string() }).nullable(),
  provider: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  online: z.int(),
  accesses: z.int(),
  demonstration: z.boolean(),
  /** reports in the inbox that nobody has opened */
  unread: z.int(),
  /** whether views may be shown within pages of others */
  embeds: z.boolean(),
})
type SessionView = z.infer<typeof SessionView>

const SignInChoices = z.object({
  states: z.array(z.object({ code: z.string(), name: z.string() })),
  demonstration: z.boolean(),
  accounts: z.array(z.object({ state: z.string(), user_name: z.string(), display_name: z.string(), password: z.string() })),
})

const signedInAs = (db: Kysely<Database>, id: string) =>
  db
    .selectFrom('user_account as account')
    .innerJoin('federal_state as state', 'state.code', 'account.federal_state')
    .leftJoin('youth_authority as authority', 'authority.id', 'account.youth_authority_id')
    .leftJoin('provider', 'provider.id', 'account.provider_id')
    .where('account.id', '=', id)
    .select([
      'account.user_name',
      'account.display_name',
      'account.federal_state',
      'account.demonstration',
      'state.name as federal_state_name',
      'authority.id as authority_id',
      'authority.abbreviation',
      'authority.name as authority_name',
      'provider.id as provider_id',
      'provider.name as provider_name',
    ])
    .select((eb) =>
      eb
        .selectFrom('user_role')
        .where('user_role.user_account_id', '=', id)
        .select(({ fn }) => fn.agg<string[]>('array_agg', ['role']).orderBy('role').as('roles'))
        .as('roles'),
    )
    .executeTakeFirstOrThrow()

const countAccess = async (db: Kysely<Database>): Promise<number> => {
  const { accesses } = await db
    .updateTable('access_counter')
    .set((eb) => ({ accesses: eb('accesses', '+', 1) }))
    .returning('accesses')
    .executeTakeFirstOrThrow()
  return accesses
}

const viewOf = async (db: Kysely<Database>, id: string, now: Date, embeds: boolean): Promise<SessionView> => {
  const { authority_id, abbreviation, authority_name, provider_id, provider_name, roles, ...account } = await signedInAs(db, id)
  const reader: Reader = {
    ...account,
    user_account_id: id,
    roles: (roles ?? []) as Reader['roles'],
    youth_authority_id: authority_id,
    provider_id,
  }
  const [accesses, online, unread] = await Promise.all([countAccess(db), countOnline(db, now), unreadItems(db, reader, now)])
  return {
    ...account,
    roles: reader.roles,
    youth_authority: authority_id === null ? null : { id: authority_id, abbreviation: abbreviation!, name: authority_name! },
    provider: provider_id === null ? null : { id: provider_id, name: provider_name! },
    online,
    accesses,
    unread,
    embeds,
  }
}

const storePassword = (db: Kysely<Database>, reader: Reader, password_hash: string, token: string) =>
  asReader(db, reader, async (trx) => {
    await trx.updateTable('user_account').set({ password_hash }).where('id', '=', reader.user_account_id).execute()
    await closeOtherSessions(trx, reader.user_account_id, token)
  })

const tag = 'session'
const signedIn = { description: 'Who is signed in', schema: SessionView }

/** Sign-in and sign-out under `/api/session`. */
export const sessionRoutes = ({ db, now, secure, embeds = false }: Deps & { embeds?: boolean }) => {
  const cookie = { path: '/', httpOnly: true, sameSite: 'Strict' as const, secure }
  const findReader = readerOf(db, now)
  const currentReader = async (c: Context) => {
    const reader = await findReader(c.req.raw)
    if (reader === undefined) throw new RuleViolation('not_signed_in')
    return reader
  }
  return new Hono<{ Bindings: Partial<HttpBindings> }>()
    .post('/', operation({ summary: 'Sign in', tag, answers: { 201: signedIn } }), validate('json', Credentials), async (c) => {
      const { state: federal_state, user_name, password } = c.req.valid('json')
      const account = await proveAccount(db, { federal_state, user_name, password, client_address: addressOf(c, secure), at: now() })
      await sql`select forget_expired(${now()})`.execute(db)
      const before = tokenOf(c.req.raw)
      if (before !== undefined) await closeSession(db, before)
      const token = await openSession(db, account, now())
      setCookie(c, cookieName(secure), token, { ...cookie, maxAge: absoluteLimit / 1000 })
      return c.json(await viewOf(db, account, now(), embeds), 201)
    })
    .get('/', operation({ summary: 'Who is signed in', tag, answers: { 200: signedIn } }), async (c) => {
      const { user_account_id } = await currentReader(c)
      return c.json(await viewOf(db, user_account_id, now(), embeds))
    })
    .delete('/', operation({ summary: 'Sign out', tag, answers: { 204: { description: 'Signed out' } } }), async (c) => {
      const token = tokenOf(c.req.raw)
      if (token !== undefined) await closeSession(db, token)
      deleteCookie(c, cookieName(secure), cookie)
      return c.body(null, 204)
    })
    .post(
      '/password',
      operation({
        summary: 'Change the own password; other sessions of the account end',
        tag,
        answers: { 204: { description: 'Changed' } },
      }),
      validate('json', PasswordChange),
      async (c) => {
        const reader = await currentReader(c)
        const { current_password, new_password } = c.req.valid('json')
        if (current_password === new_password) throw new RuleViolation('password_unchanged')
        const attempt = { ...reader, password: current_password, client_address: addressOf(c, secure), at: now() }
        await proveAccount(db, attempt).catch((error: unknown) => {
          throw error instanceof RuleViolation && error.code === 'sign_in_failed' ? new RuleViolation('password_wrong') : error
        })
        await storePassword(db, reader, await hashPassword(new_password), tokenOf(c.req.raw)!)
        return c.body(null, 204)
      },
    )
    .get(
      '/states',
      operation({ summary: 'What the sign-in form offers', tag, answers: { 200: { description: 'Choices', schema: SignInChoices } } }),
      async (c) => {
        const states = await db.selectFrom('federal_state').select(['code', 'name']).orderBy('name').execute()
        const accounts = await db
          .selectFrom('user_account')
          .where('demonstration', '=', true)
          .where('active', '=', true)
          .select(['federal_state as state', 'user_name', 'display_name'])
          .orderBy('id')
          .limit(20)
          .execute()
        const choices = accounts.map((account) => ({ ...account, password: DEMONSTRATION_PASSWORD }))
        return c.json({ states, demonstration: accounts.length > 0, accounts: choices })
      },
    )
}
