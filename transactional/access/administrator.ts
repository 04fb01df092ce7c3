import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database.ts'
import { hashPassword, NewPassword } from './password.ts'

export const NewAdministrator = z.object({
  federal_state: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'Das Land hat zwei Buchstaben, zum Beispiel MV.'),
  user_name: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9._-]{2,80}$/, 'Der Benutzername hat 2 bis 80 Zeichen: Buchstaben, Ziffern, Punkt, Strich.'),
  display_name: z.string().trim().min(2, 'Der Name hat mindestens 2 Zeichen.').max(120, 'Der Name hat höchstens 120 Zeichen.'),
  password: z.string().refine((password) => NewPassword.safeParse(password).success, 'Das Kennwort hat 12 bis 200 Zeichen.'),
})
export type NewAdministrator = z.infer<typeof NewAdministrator>

/**
 * Makes an account with the role `admin`, as the owner of the schema: nobody is there yet whom the policies would let.
 * @throws Error with one German sentence if the state is unknown or the name is taken
 */
export const createAdministrator = async (owner: Kysely<Database>, administrator: NewAdministrator): Promise<void> => {
  const { password, ...account } = administrator
  const state = await owner.selectFrom('federal_state').select('code').where('code', '=', account.federal_state).executeTakeFirst()
  if (!state) throw new Error(`Das Land ${account.federal_state} gibt es nicht.`)
  const password_hash = await hashPassword(password)
  await owner.transaction().execute(async (trx) => {
    const created = await trx
      .insertInto('user_account')
      .values({ ...account, password_hash })
      .onConflict((conflict) => conflict.columns(['federal_state', 'user_name']).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!created) throw new Error(`Den Benutzer ${account.user_name} gibt es in ${account.federal_state} schon.`)
    await trx.insertInto('user_role').values({ user_account_id: created.id, role: 'admin' }).execute()
  })
}
