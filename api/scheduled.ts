import type { Context } from 'hono'
import { monthAt, monthOf, monthText, yearOf, type Month } from '../warehouse/month.ts'
import { apiApp, type ApiOptions } from './app.ts'
import { xlsxMediaType } from './export.ts'
import type { ApiEnv, Reader } from './reader.ts'

type View = 'comparison' | 'side_by_side' | 'ranking' | 'evaluation'
type Asked = { view: View; query: Record<string, string>; period: 'latest' | 'fixed'; format: 'pdf' | 'xlsx' }
type Fault = { field: string; message: string }
type Made = { content: Uint8Array; file_name: string; media_type: string; data_as_of: string }

const paths: Record<View, string> = {
  comparison: '/api/comparison',
  side_by_side: '/api/side-by-side',
  ranking: '/api/rankings/providers',
  evaluation: '/api/evaluation',
}
const mediaTypes = { pdf: 'application/pdf', xlsx: xlsxMediaType }

/** The last period of the same length that is over before `running`. */
const lastPeriod = (text: string | undefined, running: Month): string => {
  if (text?.includes('Q')) {
    const quarter = running - (running % 3) - 3
    return `${yearOf(quarter)}-Q${(quarter % 12) / 3 + 1}`
  }
  return text?.length === 4 ? String(yearOf(running) - 1) : monthText(running - 1)
}

/** As many months as before, up to the last whole month, quarter or year. */
const lastMonths = ({ from, to, grain }: Record<string, string>, running: Month): Record<string, string> => {
  if (from === undefined && to === undefined) return {}
  const step = grain === 'year' ? 12 : grain === 'quarter' ? 3 : 1
  const last = running - (running % step) - 1
  if (from === undefined) return { to: monthText(last) }
  const length = (to === undefined ? last : monthOf(to)) - monthOf(from)
  return { from: monthText(last - Math.max(length, 0)), to: monthText(last) }
}

/** The view's query at the time it is due: with the last whole period, where it follows the time. */
export const queryAt = ({ view, query, period }: Pick<Asked, 'view' | 'query' | 'period'>, at: Date): Record<string, string> => {
  if (period === 'fixed') return query
  const running = monthAt(at)
  if (view === 'evaluation') return { ...query, ...lastMonths(query, running) }
  return view === 'side_by_side' ? { ...query, period: lastPeriod(query['period'], running) } : { ...query, month: monthText(running - 1) }
}

/**
 * Asks the api itself in the name of a reader, so that a scheduled report is what its reader would have been given by hand. `home`: where
 * people reach the portal.
 */
export const scheduledReports = ({ home, ...options }: Omit<ApiOptions, 'reader'> & { home: string }) => {
  const readers = new WeakMap<Request, Reader>()
  const reader = ({ req }: Context<ApiEnv>) => Promise.resolve(readers.get(req.raw) ?? ('not_signed_in' as const))
  const app = apiApp({ ...options, public_url: home, reader })
  const ask = async (recipient: Reader, asked: Asked, at: Date, accept: string): Promise<Response | Fault[]> => {
    const url = new URL(paths[asked.view], home)
    for (const [name, value] of Object.entries(queryAt(asked, at))) url.searchParams.set(name, value)
    const request = new Request(url, { headers: { accept } })
    readers.set(request, recipient)
    const response = await app.fetch(request)
    if (response.ok) return response
    const { title, details } = (await response.json()) as { title: string; details?: Fault[] }
    if (response.status !== 400 && response.status !== 404) throw new Error(`the view answers ${response.status}: ${title}`)
    return details?.length
      ? details.map(({ field, message }) => ({ field: `query.${field}`, message }))
      : [{ field: 'view', message: title }]
  }
  return {
    check: async (recipient: Reader, asked: Asked, at: Date): Promise<Fault[]> => {
      const answer = await ask(recipient, asked, at, 'application/json')
      if (Array.isArray(answer)) return answer
      await answer.body?.cancel()
      return []
    },
    make: async (recipient: Reader, asked: Asked, due_at: Date): Promise<Made | { refused: Fault[] }> => {
      const media_type = mediaTypes[asked.format]
      const answer = await ask(recipient, asked, due_at, media_type)
      if (Array.isArray(answer)) return { refused: answer }
      const file_name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')![1]!
      return {
        content: new Uint8Array(await answer.arrayBuffer()),
        file_name: file_name.toLowerCase(),
        media_type,
        data_as_of: answer.headers.get('x-data-as-of')!,
      }
    },
  }
}
