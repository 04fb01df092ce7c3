import { hash, verify } from '@node-rs/argon2'
import { z } from 'zod'

// argon2id with the package's defaults: 19 MiB, two passes, one lane (OWASP's first choice).
export const hashPassword = (password: string): Promise<string> => hash(password)

let decoy: Promise<string> | undefined

/** Takes as long for a name nobody has: then the password is held against a decoy. */
export const passwordMatches = async (stored: string | undefined, password: string): Promise<boolean> => {
  decoy ??= hash('nobody signs in with this')
  const matches = await verify(stored ?? (await decoy), password)
  return stored !== undefined && matches
}

export const NewPassword = z.string().min(12).max(200)
