// What is to be done after the end of a help.
import { html, nothing } from 'lit'
import type { BookingWithNames } from '../../client.ts'
import { dateText } from '../../format.ts'
import { casePath, helpSelectionPath, reservationPath } from '../../route.ts'

type FollowUp = BookingWithNames['follow_up'][number]
type Words = { text: string; told?: string; link?: { href: string; text: string } }

const wordsOf = ({ task, done, until, next_booking_id }: FollowUp, case_id: string): Words => {
  const day = until && dateText(until)
  switch (task) {
    case 'next_help':
      return next_booking_id === null
        ? { text: 'Hilfe bei der nächsten Einrichtung buchen', link: { href: `${helpSelectionPath}?case=${case_id}`, text: 'Auswählen' } }
        : {
            text: 'Die Hilfe geht bei einer anderen Einrichtung weiter',
            link: { href: `${reservationPath}?booking=${next_booking_id}`, text: 'Ansehen' },
          }
    case 'handover':
      return done
        ? { text: 'Vom neuen Jugendamt fortgesetzt', told: `ab ${day}` }
        : {
            text: 'Akte an das zuständige Jugendamt abgeben',
            told: 'mit Hilfeplan und letztem Stand',
            link: { href: `${casePath}?case=${case_id}`, text: 'Zum Fall' },
          }
    case 'notice':
      return done
        ? { text: 'Einstellung der Hilfe mitgeteilt', told: `Bescheid vom ${day}` }
        : {
            text: 'Einstellung der Hilfe mitteilen',
            told: 'Bescheid an die Leistungsberechtigten',
            link: { href: '#bescheide', text: 'Zu den Bescheiden' },
          }
    case 'last_invoice':
      return done
        ? { text: 'Bis zum letzten Tag abgerechnet' }
        : { text: 'Schlussrechnung des Anbieters abwarten', told: day ? `abgerechnet bis ${day}` : 'noch nichts abgerechnet' }
    case 'rating':
      return done
        ? { text: 'Bewertet und Hilfeplan abgeschlossen', told: `am ${day}` }
        : {
            text: 'Hilfe bewerten und Hilfeplan abschließen',
            told: day ? `zuletzt fortgeschrieben am ${day}` : 'noch nicht bewertet',
            link: { href: '#hilfeplan', text: 'Zum Hilfeplan' },
          }
  }
}

const stateText = (done: boolean | null) => (done === null ? nothing : html`<span class="sj-meta">${done ? 'erledigt' : 'offen'}</span>`)

export const followUpList = ({ follow_up, case_id }: BookingWithNames) => {
  if (follow_up.length === 0 || case_id === null) return nothing
  return html`
    <section class="sj-help__facts" aria-labelledby="folgt">
      <h2 class="sj-h2" id="folgt">Was jetzt folgt</h2>
      <ul class="sj-follow">
        ${follow_up.map((each) => {
          const { text, told, link } = wordsOf(each, case_id)
          return html`<li>
            <span>${text}${told ? html` <small>${told}</small>` : nothing}</span>
            ${link ? html`<a class="sj-link" href=${link.href}>${link.text}</a>` : stateText(each.done)}
          </li>`
        })}
      </ul>
    </section>
  `
}
