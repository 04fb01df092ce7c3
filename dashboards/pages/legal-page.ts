import { html, LitElement, type TemplateResult } from 'lit'
import { termList } from '../elements/term-list.ts'
import './text-page.css'

const byOperator = html`<i class="sj-placeholder">wird vom Betreiber ergänzt</i>`
const details = (entries: [string, TemplateResult | string][]) => termList(entries.map(([term, text]) => ({ term, text })))

const accessibility = () => html`
  <h1 class="sj-h1">Erklärung zur Barrierefreiheit</h1>
  <p>
    Diese Erklärung gilt für das Serviceportal SoJuS. Maßstab sind die Barrierefreie-Informationstechnik-Verordnung (BITV 2.0) und die
    Richtlinien für barrierefreie Webinhalte (WCAG 2.2, Stufe AA).
  </p>
  <h2 class="sj-h2">Stand der Vereinbarkeit</h2>
  <p>
    Die Seiten sind so gebaut, dass sie diese Anforderungen erfüllen: Alles ist mit der Tastatur erreichbar, der Fokus ist sichtbar, Werte
    stehen in Tabellen mit benannten Zeilen und Spalten, jede Grafik hat ihre Werte als Tabelle daneben, Änderungen werden angesagt, und die
    Ansichten bleiben bei 400 % Vergrößerung und auf einem schmalen Bildschirm lesbar. Jede Seite wird dabei selbsttätig geprüft.
  </p>
  <p>Eine Prüfung durch eine unabhängige Stelle hat noch nicht stattgefunden.</p>
  <h2 class="sj-h2">Barriere melden</h2>
  <p>Fällt Ihnen ein Hindernis auf, sagen Sie es uns bitte: <a class="sj-link" href="/barriere-melden">Barriere melden</a>.</p>
  <h2 class="sj-h2">Durchsetzungsverfahren</h2>
  <p>Bleibt eine Antwort aus, können Sie sich an die zuständige Durchsetzungs- oder Schlichtungsstelle wenden.</p>
  ${details([
    ['Zuständige Stelle', byOperator],
    ['Erklärung erstellt am', byOperator],
  ])}
`

const barrier = () => html`
  <h1 class="sj-h1">Barriere melden</h1>
  <p>Etwas lässt sich nicht bedienen, nicht lesen oder nicht verstehen? Schreiben Sie uns, am besten mit diesen Angaben:</p>
  <ul>
    <li>die Adresse der Seite, wie sie im Browser steht</li>
    <li>was Sie tun wollten und woran es lag</li>
    <li>womit Sie arbeiten, zum Beispiel Tastatur, Bildschirmleser oder Vergrößerung</li>
  </ul>
  <p>Bitte nennen Sie keine Namen und keine Angaben zu Fällen.</p>
  ${details([
    ['E-Mail', byOperator],
    ['Telefon', byOperator],
    ['Antwort', 'innerhalb von zwei Wochen'],
  ])}
`

const imprint = () => html`
  <h1 class="sj-h1">Impressum</h1>
  ${details([
    ['Anbieter', byOperator],
    ['Vertreten durch', byOperator],
    ['Anschrift', byOperator],
    ['E-Mail', byOperator],
    ['Telefon', byOperator],
    ['Aufsicht', byOperator],
  ])}
  <h2 class="sj-h2">Daten und Gestaltung</h2>
  <p>
    Bevölkerung und Gebietsstand: © Statistisches Bundesamt (Destatis), CC BY 4.0 und dl-de/by-2-0. Gestaltung nach KERN, dem offenen
    UX-Standard für die deutsche Verwaltung. Die Software steht unter der Europäischen Union Public Licence (EUPL-1.2).
  </p>
`

const privacy = () => html`
  <h1 class="sj-h1">Datenschutz</h1>
  ${details([
    ['Verantwortlich', byOperator],
    ['Datenschutzbeauftragte Person', byOperator],
    ['Aufsichtsbehörde', byOperator],
  ])}
  <h2 class="sj-h2">Was beim Besuch verarbeitet wird</h2>
  <ul>
    <li>
      Für die Anmeldung: Bundesland, Benutzername und Passwort. Das Passwort wird nur als Prüfwert (Argon2id) gespeichert, nie im Klartext.
    </li>
    <li>
      Ein Sitzungs-Cookie, ohne das die Anmeldung nicht möglich ist. Es enthält eine Zufallszahl und ist für Skripte nicht lesbar. Weitere
      Cookies gibt es nicht.
    </li>
    <li>Ein Protokoll der Anmeldeversuche mit Zeit, Benutzername und Herkunftsadresse, um Missbrauch zu erkennen.</li>
    <li>
      Wenn Sie Zugangsschlüssel anlegen: deren Bezeichnung, ein Prüfwert (SHA-256) und die Tage, an denen sie angelegt, zuletzt benutzt und
      ungültig werden.
    </li>
  </ul>
  <p>
    Schriften, Skripte und Grafiken kommen von diesem Server. Es werden keine Dienste Dritter eingebunden und keine Zugriffe ausgewertet.
  </p>
  <h2 class="sj-h2">Kennzahlen und Einzelfälle</h2>
  <p>
    Auswertungen beruhen auf Angaben ohne Namen, Anschrift, Geburtsdatum und Aktenzeichen (§ 64 Abs. 3 SGB VIII). Werte, hinter denen nur
    ein oder zwei Fälle stehen, werden nicht gezeigt; wo sie sich aus anderen errechnen ließen, werden auch diese geschützt. Fallakten sieht
    nur das zuständige Jugendamt. Ein Anbieter, der nach einem Platz gefragt wird, sieht Alter, Geschlecht, Bedarf und Zeitraum; ist die
    Hilfe gebucht, auch Namen, Geburtsdatum, Ansprechperson und freigegebene Ziele, bis einige Zeit nach dem Ende.
  </p>
  <h2 class="sj-h2">Ihre Rechte</h2>
  <p>
    Sie haben das Recht auf Auskunft, Berichtigung, Löschung, Einschränkung der Verarbeitung und Widerspruch nach Maßgabe der
    Datenschutz-Grundverordnung und der §§ 82 bis 84 SGB X, und Sie können sich bei der Aufsichtsbehörde beschweren.
  </p>
`

const contact = () => html`
  <h1 class="sj-h1">Kontakt</h1>
  <p>
    Hilfe zu Konto, Rechten und Bedienung gibt die Stelle, die das Portal betreibt. Bitte nennen Sie keine Namen und keine Angaben zu
    Fällen.
  </p>
  ${details([
    ['Stelle', byOperator],
    ['E-Mail', byOperator],
    ['Telefon', byOperator],
    ['Erreichbar', byOperator],
  ])}
  <p>Ein Hindernis bei der Bedienung? <a class="sj-link" href="/barriere-melden">Barriere melden</a></p>
`

const texts: Record<string, () => TemplateResult> = {
  '/barrierefreiheit': accessibility,
  '/barriere-melden': barrier,
  '/impressum': imprint,
  '/datenschutz': privacy,
  '/kontakt': contact,
}

/** Contact, imprint, data protection, accessibility: what holds everywhere, with places for the operator's own data. */
export class LegalPage extends LitElement {
  static override properties = { path: { attribute: false } }
  declare path: string

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return html`<div class="sj-text">${texts[this.path]?.()}</div>`
  }
}

customElements.define('sj-legal-page', LegalPage)
