// Event streams as so many open pages hold them, as a process beside the server that is measured (web.bench.ts forks it):
// stream-clients.bench.ts URL COOKIE STREAMS
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'

/** When a stream heard of which position: milliseconds of the clock that all processes share. */
export type Heard = { at: number; data_lsn: string }
export const clock = (): number => performance.timeOrigin + performance.now()

const open = async (url: string, cookie: string): Promise<Heard[]> => {
  const [response] = (await once(
    get(`${url}/api/events`, { headers: { cookie, accept: 'text/event-stream' }, agent: false }),
    'response',
  )) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`no event stream: ${response.statusCode}`)
  const heard: Heard[] = []
  response.setEncoding('utf8').on('data', (text: string) => {
    const at = clock()
    for (const [, data_lsn] of text.matchAll(/"data_lsn":"([^"]+)"/g)) heard.push({ at, data_lsn: data_lsn! })
  })
  return heard
}

if (process.send) {
  const [url = '', cookie = '', streams = '200'] = process.argv.slice(2)
  const all = await Promise.all(Array.from({ length: Number(streams) }, () => open(url, cookie)))
  process.send('open')
  await once(process, 'message')
  process.send(all, () => process.exit())
}
