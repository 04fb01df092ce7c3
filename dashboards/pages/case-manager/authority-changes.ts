import { type AuthorityChange, getAuthorityChanges } from '../../client.ts'
import { numberText } from '../../format.ts'
import { changeHref, headingText, nameText, stateText } from './authority-change-words.ts'
import type { Matters } from './matters.ts'

const isOpen = ({ state }: AuthorityChange) => state === 'announced'
const waitsHere = ({ state, incoming, in_portal }: AuthorityChange) => state === 'announced' && (incoming || !in_portal)

const leadText = (waiting: number, announced: number) => {
  if (announced === 0) return 'alle beantwortet'
  const here = waiting === 0 ? 'keiner wartet' : waiting === 1 ? 'einer wartet' : `${numberText(waiting)} warten`
  return `${numberText(announced)} offen, ${here} auf Ihr Jugendamt`
}

/** Changes of authority announced to and by the own one. */
export const authorityChanges = async (signal: AbortSignal): Promise<Matters> => {
  const changes = await getAuthorityChanges({}, signal)
  const waiting = changes.filter(waitsHere).length
  const [open, past] = [changes.filter(isOpen), changes.filter((change) => !isOpen(change))]
  const line = (change: AuthorityChange) => ({
    href: changeHref(change),
    text: `${nameText(change)}, ${headingText(change)}`,
    state: stateText(change),
  })
  return {
    lead: `Zuständigkeitswechsel: ${leadText(waiting, open.length)}`,
    waiting: waiting > 0,
    lines: open.map(line),
    past: past.map(line),
  }
}
