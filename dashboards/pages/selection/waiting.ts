// What a case waits for, and how it comes to wait.
import { html } from 'lit'
import type { Offer, WaitingEntry } from '../../client.ts'
import { dateText } from '../../format.ts'

type Line = { takeUp: (entry: WaitingEntry) => void; leave: (entry: WaitingEntry) => void }

export const waitingLine = (entry: WaitingEntry, { takeUp, leave }: Line) => html`
  <small class="sj-waiting">
    ${
      entry.free_places > 0
        ? html`<b>Für die Wartezeit ${dateText(entry.first_day)} bis ${dateText(entry.last_day)} ist ein Platz frei.</b>
            <button type="button" class="sj-link" aria-label="Angebot wählen: ${entry.facility_name}" @click=${() => takeUp(entry)}>
              Angebot wählen
            </button>`
        : `Auf der Warteliste, Stelle ${entry.position}, seit ${dateText(entry.waiting_since)}.`
    }
    <button type="button" class="sj-link" aria-label="Warteliste verlassen: ${entry.facility_name}" @click=${() => leave(entry)}>
      Verlassen
    </button>
  </small>
`

export const toWaitingList = ({ facility_name }: Offer, wait: () => void) => html`
  <small class="sj-waiting sj-no-print">
    <button type="button" class="sj-link" aria-label="Auf die Warteliste: ${facility_name}" @click=${wait}>Auf die Warteliste</button>
  </small>
`
