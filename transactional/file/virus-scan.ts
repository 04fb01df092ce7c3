import { once } from 'node:events'
import { connect } from 'node:net'
import { RuleViolation } from '../rule-violation.ts'

/** Looks for viruses. @throws RuleViolation when one is found, or nobody could look */
export type Scan = (content: Uint8Array) => Promise<void>

const longestMs = 60_000
const partBytes = 64 * 1024

const sized = (part: Uint8Array): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(part.length)
  return Buffer.concat([size, part])
}

function* partsOf(content: Uint8Array) {
  yield Buffer.from('zINSTREAM\0')
  for (let at = 0; at < content.length; at += partBytes) yield sized(content.subarray(at, at + partBytes))
  yield sized(new Uint8Array())
}

const socketOf = (address: string) => {
  const [, host, port] = /^(?:tcp:\/\/)?\[?([^/]+?)\]?:(\d+)$/.exec(address) ?? []
  return host === undefined ? connect({ path: address }) : connect({ host, port: Number(port) })
}

const askClamd = async (address: string, content: Uint8Array): Promise<string> => {
  const socket = socketOf(address)
  const answer: Buffer[] = []
  socket.on('data', (part) => answer.push(part))
  socket.setTimeout(longestMs, () => socket.destroy(new Error('clamd does not answer')))
  const closed = once(socket, 'close')
  closed.catch(() => undefined)
  try {
    await once(socket, 'connect')
    for (const part of partsOf(content)) {
      // what is found early, or too large, is told before everything is sent
      if (!socket.writable) break
      if (!socket.write(part)) await Promise.race([once(socket, 'drain'), closed])
    }
    await closed
    return Buffer.concat(answer).toString('latin1')
  } finally {
    socket.destroy()
  }
}

/**
 * Asks a ClamAV daemon at `host:port` or at a socket's path, by its command INSTREAM
 * (https://docs.clamav.net/manual/Usage/Scanning.html#clamd).
 */
export const clamdScan =
  (address: string): Scan =>
  async (content) => {
    const answer = await askClamd(address, content).catch((cause: unknown) => {
      throw new RuleViolation('document_not_scanned', [], { cause })
    })
    if (/\bFOUND\0?\s*$/.test(answer)) throw new RuleViolation('document_infected')
    if (!/\bOK\0?\s*$/.test(answer)) throw new RuleViolation('document_not_scanned')
  }
