// How team consultations read.
import type { Consultation } from '../../client.ts'
import { dateText, minuteText, numberText } from '../../format.ts'
import { consultationPath } from '../../route.ts'
import type { ConsultationDecision, Vote } from '../../../transactional/vocabulary.ts'

export const voteChoices: Record<Vote, string> = { agree: 'Ich stimme zu', reject: 'Ich lehne ab', abstain: 'Ich enthalte mich' }
export const voteLabels: Record<Vote, string> = { agree: 'zugestimmt', reject: 'abgelehnt', abstain: 'enthalten' }
export const decisionLabels: Record<ConsultationDecision, string> = {
  agreed: 'Die Hilfe ist geeignet und notwendig.',
  agreed_with_conditions: 'Die Hilfe ist mit Auflagen geeignet und notwendig.',
  other_help: 'Eine andere Hilfe ist geeigneter.',
  no_help: 'Eine Hilfe ist nicht notwendig.',
  postponed: 'Die Entscheidung wird vertagt.',
}

export const consultationHref = ({ id }: Pick<Consultation, 'id'>) => `${consultationPath}?consultation=${id}`

/** "2 von 3 Stimmen abgegeben: 1 zugestimmt, 1 enthalten". */
export const countText = ({ participants }: Pick<Consultation, 'participants'>): string => {
  const voters = participants.filter((each) => !each.external || each.vote !== null)
  const given = voters.filter(({ vote }) => vote !== null)
  const told = (Object.keys(voteLabels) as Vote[]).flatMap((vote) => {
    const count = given.filter((each) => each.vote === vote).length
    return count === 0 ? [] : [`${numberText(count)} ${voteLabels[vote]}`]
  })
  const counted = `${numberText(given.length)} von ${numberText(voters.length)} Stimmen abgegeben`
  return told.length === 0 ? counted : `${counted}: ${told.join(', ')}`
}

export const stateText = (consultation: Consultation): string => {
  const { decision, decided_at, decided_by } = consultation
  return decision === null || decided_at === null
    ? `Noch nicht entschieden, ${countText(consultation)}.`
    : `${decisionLabels[decision]} Entschieden am ${minuteText(decided_at)} von ${decided_by}.`
}

export const headingText = ({ held_on }: Pick<Consultation, 'held_on'>) => `Teamberatung am ${dateText(held_on)}`
