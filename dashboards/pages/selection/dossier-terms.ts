// What is known of a facility and its provider, before a place is reserved there and after.
import { html, nothing } from 'lit'
import { type FacilityFile, facilityFileUrl, type OfferDossier } from '../../client.ts'
import { dateText, numberText } from '../../format.ts'
import { term } from '../case-manager/terms.ts'
import './dossier-terms.css'

type Contact = NonNullable<OfferDossier['facility']['contact']> & { website?: string | null }

const contactText = (contact: Contact | null) => {
  if (contact === null) return 'keine Angabe'
  const { contact_person, telephone, email, website, street, postcode, town } = contact
  const place = [postcode, town].filter(Boolean).join(' ')
  const safe = website && /^https?:\/\//.test(website) ? website : undefined
  return html`
    ${contact_person ? html`<span>${contact_person}</span>` : nothing} ${street ? html`<span>${street}</span>` : nothing}
    ${place ? html`<span>${place}</span>` : nothing}
    ${telephone ? html`<span><a class="sj-link" href="tel:${telephone.replace(/[^+\d]/g, '')}">${telephone}</a></span>` : nothing}
    ${email ? html`<span><a class="sj-link" href="mailto:${email}">${email}</a></span>` : nothing}
    ${safe ? html`<span><a class="sj-link" href=${safe} target="_blank" rel="noopener noreferrer">${safe.replace(/^https?:\/\//, '')}</a></span>` : nothing}
  `
}
const dayOr = (day: string | null) => (day === null ? 'keine Angabe' : dateText(day))

/** What stands in place of them while they cannot be had. */
export const dossierProblem = (retry: () => unknown) =>
  html`<p class="sj-empty">
    Die Angaben zur Einrichtung sind gerade nicht abrufbar.
    <button type="button" class="sj-link" @click=${() => void retry()}>Noch einmal versuchen</button>
  </p>`

export const facilityTerms = ({ facility }: OfferDossier) => html`
  ${term('Einrichtung', html`${facility.name} <small>${facility.authority_name}</small>`)} ${term('Kontakt', contactText(facility.contact))}
  ${term('Betriebserlaubnis vom', dayOr(facility.operating_licence_on))}
  ${term('Leistungsbeschreibung vom', dayOr(facility.service_description_on))} ${term('LEQ-Vereinbarung vom', dayOr(facility.agreement_on))}
  ${term('Öffnungstage', `${facility.operating_days_week} je Woche, ${facility.operating_days_year} im Jahr`)}
  ${facility.licensed_places > 0 ? term('Genehmigte Plätze', numberText(facility.licensed_places)) : nothing}
`

export const providerTerms = ({ provider }: OfferDossier) => html`
  ${term(
    'Anbieter',
    html`${provider.name} ${provider.umbrella_association ? html`<small>${provider.umbrella_association}</small>` : nothing}`,
  )}
  ${term('Kontakt', contactText(provider.contact))}
`

/** Documents and photos. */
export const paperTerms = (files: FacilityFile[]) => {
  const [photos, documents] = [files.filter(({ kind }) => kind === 'photo'), files.filter(({ kind }) => kind === 'document')]
  return html`
    ${term(
      `Dokumente (${documents.length})`,
      documents.length === 0
        ? 'keine hinterlegt'
        : documents.map((file) => html`<span><a class="sj-link" href=${facilityFileUrl(file)} download>${file.title}</a></span>`),
    )}
    ${term(
      `Fotos (${photos.length})`,
      photos.length === 0
        ? 'keine hinterlegt'
        : html`<span class="sj-photos">
            ${photos.map(
              (file) =>
                html`<a href=${facilityFileUrl(file)} target="_blank"
                  ><img src=${facilityFileUrl(file)} alt=${file.title} loading="lazy"
                /></a>`,
            )}
          </span>`,
    )}
  `
}
