import { z } from 'zod'

const blank = (value: unknown) => (value === '' ? undefined : value)
const optional = <T extends z.ZodType>(type: T) => z.preprocess(blank, type.optional())

/** Everything the process may be told from outside; see `.env.example`. */
export const Environment = z.object({
  PORT: z.preprocess(
    blank,
    z.coerce.number('eine Zahl').int('eine ganze Zahl').min(0, 'mindestens 0').max(65_535, 'höchstens 65535').default(8080),
  ),
  HOST: optional(z.string()),
  DATA_DIR: z.preprocess(blank, z.string().default('.data')),
  DATABASE_URL: optional(z.string()),
  PUBLIC_URL: optional(z.url('eine Adresse wie https://sojus.example.de')),
  SMTP_URL: optional(z.url({ protocol: /^smtps?$/, error: 'eine Adresse wie smtps://benutzer:kennwort@mail.example.de' })),
  SMTP_FROM: optional(z.email('eine E-Mail-Adresse wie sojus@example.de')),
  INBOX_DAYS: z.preprocess(
    blank,
    z.coerce.number('eine Zahl').int('eine ganze Zahl').min(1, 'mindestens 1').max(3660, 'höchstens 3660').default(90),
  ),
  DOCUMENT_MB: z.preprocess(
    blank,
    z.coerce.number('eine Zahl').int('eine ganze Zahl').min(1, 'mindestens 1').max(100, 'höchstens 100').default(20),
  ),
  CLAMD_ADDRESS: optional(z.string().regex(/^\/|:\d+$/, 'eine Adresse wie 127.0.0.1:3310 oder /run/clamav/clamd.ctl')),
  EMBED_ORIGINS: z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value),
    z.array(z.string().regex(/^https?:\/\/[a-z0-9.-]+(:\d+)?$/i, 'eine Liste von Adressen wie https://intranet.example.de')).default([]),
  ),
  DEMO: optional(z.enum(['on', 'off'], 'on oder off')),
  DEMO_SIZE: z.preprocess(blank, z.coerce.number('eine Zahl').positive('größer als 0').max(1000, 'höchstens 1000').default(1)),
  DEMO_AREA: z.preprocess(blank, z.enum(['MV', 'de'], 'MV oder de').default('MV')),
  LOG_LEVEL: z.preprocess(
    blank,
    z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'debug, info, warn, error oder silent').default('warn'),
  ),
})
export type Environment = z.infer<typeof Environment>

/** @throws Error with one German sentence per wrong variable */
export const readEnvironment = (variables: Record<string, string | undefined>): Environment => {
  const { data, error } = Environment.safeParse(variables)
  if (data) return data
  throw new Error(error.issues.map((issue) => `Die Umgebungsvariable ${issue.path.join('.')} muss ${issue.message} sein.`).join(' '))
}
