import { getInvitations } from '../../client.ts'
import { numberText } from '../../format.ts'
import { consultationHref, headingText, stateText } from './consultation-words.ts'
import type { Matters } from './matters.ts'

const leadText = (waiting: number) => {
  if (waiting === 0) return 'keine wartet auf Ihre Stimme'
  return waiting === 1 ? 'eine wartet auf Ihre Stimme' : `${numberText(waiting)} warten auf Ihre Stimme`
}

/** Consultations that wait for the reader's vote, and those open otherwise. */
export const myConsultations = async (signal: AbortSignal): Promise<Matters> => {
  const { items } = await getInvitations(signal)
  const waiting = items.filter(({ participants }) => participants.some(({ own, vote }) => own && vote === null))
  return {
    lead: `Meine Beratungen: ${numberText(items.length)} offen, ${leadText(waiting.length)}`,
    waiting: waiting.length > 0,
    lines: items.map((each) => ({
      href: consultationHref(each),
      text: `${headingText(each)}, Fall ${each.case_number}`,
      state: `${waiting.includes(each) ? 'Ihre Stimme fehlt. ' : ''}${stateText(each)}`,
    })),
  }
}
