// Every page of the portal once: its address, its place in the orientation line, who sees it, and the element that shows it.

import type { Role } from '../transactional/vocabulary.ts'

export type Area = 'basics' | 'anbieter' | 'verwaltung' | 'admin'

export const areaLabels: Record<Area, string> = { basics: 'Basics', anbieter: 'Anbieter', verwaltung: 'Verwaltung', admin: 'Admin' }

export type Page = {
  path: string
  title: string
  tag: string
  load: () => Promise<unknown>
  /** Readable without signing in. */
  open?: boolean
  area?: Area
  /** Heading the page stands under in its area. */
  group?: string
  /** One sentence for the lists of pages. */
  summary?: string
  /** Roles that see it; without a list every signed-in reader does. */
  roles?: Role[]
}

const area = () => import('./pages/area-page.ts')
const legal = () => import('./pages/legal-page.ts')

export const overviewPath = '/'
export const comparisonPath = '/basics/schnellauswertung/ueberoertliche-kennzahlen'
export const bookingLinesPath = `${comparisonPath}/buchungen`
export const laterLinesPath = `${bookingLinesPath}/seitdem`
export const sideBySidePath = '/basics/schnellauswertung/kennzahlen-nebeneinander'
export const evaluationPath = '/basics/schnellauswertung/eigene-auswertungen'
export const publishedPath = '/basics/schnellauswertung/festgehaltene-staende'
export const rankingPath = '/basics/schnellauswertung/traegerranking'
export const cataloguePath = '/basics/informationen/kennzahlen'
export const dataAccessPath = '/basics/informationen/datenzugang'
export const comparisonGroupsPath = '/admin/kataloge/vergleichsgruppen'
export const helpSelectionPath = '/verwaltung/hze-auswahl'
export const caseManagerPath = '/verwaltung/fallmanager'
export const reservationPath = `${caseManagerPath}/hilfe`
export const consultationPath = `${caseManagerPath}/beratung`
export const authorityChangePath = `${caseManagerPath}/zustaendigkeit`
export const casePath = `${caseManagerPath}/fall`
export const caseFilePath = `${caseManagerPath}/akte`
export const noticePath = `${caseManagerPath}/bescheid`
export const providerRequestsPath = '/anbieter/anfragen'
export const ownBookingsPath = '/anbieter/buchungen'
export const pocketMoneyPath = '/admin/kataloge/barbetraege'
export const retentionPath = '/admin/kataloge/aufbewahrungsfristen'
export const noticeTemplatesPath = '/admin/kataloge/bescheidvorlagen'
export const deletionsPath = '/admin/loeschungen'
export const ownDeletionsPath = '/verwaltung/controlling/loeschungen'
export const ownFacilitiesPath = '/anbieter/einrichtungen'
export const deskPath = '/verwaltung/controlling/sql-arbeitsplatz'

export const inboxPath = '/postfach'
export const schedulesPath = `${inboxPath}/abonnements`
/** Views that pages of others may show. */
export const embeddedPaths = new Set([comparisonPath, sideBySidePath, evaluationPath, rankingPath])

/** Who may see the bookings behind the figures of the own authority. */
export const bookingLinesRoles: Role[] = ['controlling', 'caseworker', 'finance']
/** By what stands behind; the data base says the same (0016, 0018, 0041, 0045). */
export const linesRoles: Record<'bookings' | 'payments' | 'reservations' | 'waits', Role[]> = {
  bookings: bookingLinesRoles,
  payments: ['controlling', 'finance'],
  reservations: ['caseworker', 'finance'],
  waits: ['caseworker', 'finance'],
}
/** Who evaluates, and those it is shared with. */
export const evaluationRoles: Role[] = ['controlling', 'politics', 'ministry', 'finance', 'caseworker']

export const pages: Page[] = [
  { path: overviewPath, title: 'Überblick', tag: 'sj-overview-page', load: () => import('./pages/overview/overview-page.ts') },
  { path: '/basics', title: 'Basics', tag: 'sj-area-page', load: area, area: 'basics' },
  { path: '/basics/schnellauswertung', title: 'Schnellauswertung', tag: 'sj-area-page', load: area, area: 'basics' },
  {
    path: comparisonPath,
    title: 'Überörtliche Kennzahlen',
    tag: 'sj-comparison-page',
    load: () => import('./pages/comparison/comparison-page.ts'),
    area: 'basics',
    group: 'Schnellauswertung',
    summary: 'Alle örtlichen Träger im Vergleich: aktueller Monat, Vormonat, Monatsdurchschnitte, Veränderung und Verlauf.',
  },
  {
    path: bookingLinesPath,
    title: 'Hinter der Zahl',
    tag: 'sj-booking-lines-page',
    load: () => import('./pages/booking-lines/booking-lines-page.ts'),
    area: 'basics',
    roles: bookingLinesRoles,
  },
  {
    path: laterLinesPath,
    title: 'Seitdem geändert',
    tag: 'sj-later-lines-page',
    load: () => import('./pages/booking-lines/later-lines-page.ts'),
    area: 'basics',
    roles: bookingLinesRoles,
  },
  {
    path: sideBySidePath,
    title: 'Kennzahlen nebeneinander',
    tag: 'sj-side-by-side-page',
    load: () => import('./pages/side-by-side/side-by-side-page.ts'),
    area: 'basics',
    group: 'Schnellauswertung',
    summary: 'Mehrere Kennzahlen eines Monats, Quartals oder Jahres mit Vergleich, Rang und Streuung.',
  },
  {
    path: evaluationPath,
    title: 'Eigene Auswertungen',
    tag: 'sj-evaluation-page',
    load: () => import('./pages/evaluation/evaluation-page.ts'),
    area: 'basics',
    group: 'Schnellauswertung',
    summary:
      'Kennzahlen nach Trägern, Ländern, Vergleichsgruppen, Hilfearten, Spezialisierungen und Zeiträumen zusammenstellen, speichern und teilen.',
    roles: evaluationRoles,
  },
  {
    path: publishedPath,
    title: 'Festgehaltene Stände',
    tag: 'sj-published-page',
    load: () => import('./pages/published-page.ts'),
    area: 'basics',
    group: 'Schnellauswertung',
    summary: 'Vergleiche und Auswertungen mit den Werten von damals, und was sich seitdem geändert hat.',
  },
  {
    path: rankingPath,
    title: 'Trägerranking',
    tag: 'sj-ranking-page',
    load: () => import('./pages/ranking/ranking-page.ts'),
    area: 'basics',
    group: 'Schnellauswertung',
    summary: 'Anbieter je Hilfeart nach Struktur, Prozess, Dauer und Kosten, mit jedem Bestandteil der Note.',
  },
  { path: '/basics/informationen', title: 'Informationen', tag: 'sj-area-page', load: area, area: 'basics' },
  {
    path: cataloguePath,
    title: 'Kennzahlen',
    tag: 'sj-catalogue-page',
    load: () => import('./pages/catalogue-page.ts'),
    area: 'basics',
    group: 'Informationen',
    summary: 'Was jede Kennzahl zählt: Definition, Zähler, Nenner, Summe, Rechtsgrundlage und Quelle.',
  },
  {
    path: dataAccessPath,
    title: 'Datenzugang',
    tag: 'sj-data-access-page',
    load: () => import('./pages/data-access/data-access-page.ts'),
    area: 'basics',
    group: 'Informationen',
    summary: 'Kennzahlen mit R, Python oder Excel lesen: Zugangsschlüssel anlegen und widerrufen.',
  },
  { path: '/anbieter', title: 'Anbieter', tag: 'sj-area-page', load: area, area: 'anbieter', roles: ['provider'] },
  {
    path: providerRequestsPath,
    title: 'Anfragen',
    tag: 'sj-provider-requests-page',
    load: () => import('./pages/provider-requests/provider-requests-page.ts'),
    area: 'anbieter',
    group: 'Belegung',
    summary: 'Anfragen der Jugendämter um einen Platz: ansehen, zusagen oder absagen.',
    roles: ['provider'],
  },
  {
    path: ownBookingsPath,
    title: 'Gebuchte Hilfen',
    tag: 'sj-own-bookings-page',
    load: () => import('./pages/own-bookings/own-bookings-page.ts'),
    area: 'anbieter',
    group: 'Belegung',
    summary: 'Wen Sie aufnehmen oder betreuen, wen Sie im Jugendamt fragen können, und welche Ziele vereinbart sind.',
    roles: ['provider'],
  },
  {
    path: ownFacilitiesPath,
    title: 'Einrichtungen',
    tag: 'sj-own-facilities-page',
    load: () => import('./pages/own-facilities/own-facilities-page.ts'),
    area: 'anbieter',
    group: 'Stammdaten',
    summary: 'Was Jugendämter vor einer Reservierung von Ihren Einrichtungen lesen.',
    roles: ['provider'],
  },
  { path: '/verwaltung', title: 'Verwaltung', tag: 'sj-area-page', load: area, area: 'verwaltung', roles: ['controlling', 'caseworker'] },
  {
    path: helpSelectionPath,
    title: 'HzE-Auswahl',
    tag: 'sj-selection-page',
    load: () => import('./pages/selection/selection-page.ts'),
    area: 'verwaltung',
    group: 'Hilfen',
    summary: 'Für einen Fall passende Angebote mit freien Plätzen finden, nach Kosten vergleichen und reservieren.',
    roles: ['caseworker'],
  },
  {
    path: caseManagerPath,
    title: 'Fallmanager',
    tag: 'sj-case-manager-page',
    load: () => import('./pages/case-manager/case-manager-page.ts'),
    area: 'verwaltung',
    group: 'Hilfen',
    summary: 'Was als Nächstes zu tun ist: reservierte, angefragte, gebuchte und laufende Hilfen nach ihrer Frist.',
    roles: ['caseworker'],
  },
  {
    path: reservationPath,
    title: 'Reservierung und Buchung',
    tag: 'sj-help-page',
    load: () => import('./pages/case-manager/help-page.ts'),
    area: 'verwaltung',
    roles: ['caseworker'],
  },
  {
    path: consultationPath,
    title: 'Teamberatung',
    tag: 'sj-consultation-page',
    load: () => import('./pages/case-manager/consultation-page.ts'),
    area: 'verwaltung',
    roles: ['caseworker'],
  },
  {
    path: authorityChangePath,
    title: 'Zuständigkeitswechsel',
    tag: 'sj-authority-change-page',
    load: () => import('./pages/case-manager/authority-change-page.ts'),
    area: 'verwaltung',
    roles: ['caseworker'],
  },
  {
    path: casePath,
    title: 'Fall',
    tag: 'sj-case-page',
    load: () => import('./pages/case-manager/case-page.ts'),
    area: 'verwaltung',
    roles: ['caseworker'],
  },
  {
    path: caseFilePath,
    title: 'Akte',
    tag: 'sj-case-file-page',
    load: () => import('./pages/case-file/case-file-page.ts'),
    area: 'verwaltung',
    roles: ['caseworker'],
  },
  {
    path: noticePath,
    title: 'Bescheid',
    tag: 'sj-notice-page',
    load: () => import('./pages/notice/notice-page.ts'),
    area: 'verwaltung',
    roles: ['caseworker'],
  },
  { path: '/verwaltung/controlling', title: 'Controlling', tag: 'sj-area-page', load: area, area: 'verwaltung', roles: ['controlling'] },
  {
    path: deskPath,
    title: 'SQL-Arbeitsplatz',
    tag: 'sj-desk-page',
    load: () => import('./pages/desk/desk-page.ts'),
    area: 'verwaltung',
    group: 'Controlling',
    summary: 'Eigene Abfragen über die Zahlen des eigenen örtlichen Trägers, mit Tabelle, Grafik und Datei.',
    roles: ['controlling'],
  },
  {
    path: ownDeletionsPath,
    title: 'Löschungen',
    tag: 'sj-deletions-page',
    load: () => import('./pages/retention/deletions-page.ts'),
    area: 'verwaltung',
    group: 'Controlling',
    summary: 'Was aus den Akten des eigenen Jugendamts gelöscht wurde und was als Nächstes fällig wird, in Zahlen.',
    roles: ['controlling'],
  },
  { path: '/admin', title: 'Admin', tag: 'sj-area-page', load: area, area: 'admin', roles: ['admin'] },
  { path: '/admin/kataloge', title: 'Kataloge', tag: 'sj-area-page', load: area, area: 'admin', roles: ['admin'] },
  {
    path: comparisonGroupsPath,
    title: 'Vergleichsgruppen',
    tag: 'sj-comparison-groups-page',
    load: () => import('./pages/comparison-groups/comparison-groups-page.ts'),
    area: 'admin',
    group: 'Kataloge',
    summary: 'Örtliche Träger nach Größe, Struktur oder Lage zusammenfassen, damit Gleiches mit Gleichem verglichen wird.',
    roles: ['admin'],
  },
  {
    path: pocketMoneyPath,
    title: 'Barbeträge',
    tag: 'sj-pocket-money-page',
    load: () => import('./pages/pocket-money/pocket-money-page.ts'),
    area: 'admin',
    group: 'Kataloge',
    summary: 'Taschengeld im Monat nach Alter, wie es das Land festsetzt, von einem Tag an.',
    roles: ['admin'],
  },
  {
    path: retentionPath,
    title: 'Aufbewahrungsfristen',
    tag: 'sj-retention-page',
    load: () => import('./pages/retention/retention-page.ts'),
    area: 'admin',
    group: 'Kataloge',
    summary: 'Wie lange Dokumente ohne bewilligte Hilfe aufbewahrt werden, nach Art und von einem Tag an.',
    roles: ['admin'],
  },
  {
    path: noticeTemplatesPath,
    title: 'Bescheidvorlagen',
    tag: 'sj-notice-templates-page',
    load: () => import('./pages/notice-templates/notice-templates-page.ts'),
    area: 'admin',
    group: 'Kataloge',
    summary: 'Die Texte der Bescheide ändern, prüfen und als Vorschau ansehen; erlassene behalten ihre Fassung.',
    roles: ['admin'],
  },
  {
    path: deletionsPath,
    title: 'Löschungen',
    tag: 'sj-deletions-page',
    load: () => import('./pages/retention/deletions-page.ts'),
    area: 'admin',
    group: 'Protokolle',
    summary: 'Was wann nach welcher Frist gelöscht wurde, was fällig wird, und ein Löschlauf von Hand.',
    roles: ['admin'],
  },
  { path: inboxPath, title: 'Postfach', tag: 'sj-inbox-page', load: () => import('./pages/inbox/inbox-page.ts') },
  { path: schedulesPath, title: 'Abonnements', tag: 'sj-schedules-page', load: () => import('./pages/inbox/schedules-page.ts') },
  { path: '/passwort', title: 'Passwort', tag: 'sj-password-page', load: () => import('./pages/password-page.ts') },
  { path: '/kontakt', title: 'Kontakt', tag: 'sj-legal-page', load: legal, open: true },
  { path: '/barrierefreiheit', title: 'Erklärung zur Barrierefreiheit', tag: 'sj-legal-page', load: legal, open: true },
  { path: '/barriere-melden', title: 'Barriere melden', tag: 'sj-legal-page', load: legal, open: true },
  { path: '/impressum', title: 'Impressum', tag: 'sj-legal-page', load: legal, open: true },
  { path: '/datenschutz', title: 'Datenschutz', tag: 'sj-legal-page', load: legal, open: true },
]

export const notFound: Page = {
  path: '',
  title: 'Seite nicht gefunden',
  tag: 'sj-not-found-page',
  load: () => import('./pages/not-found-page.ts'),
  open: true,
}

const normalised = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') || '/' : path)
const sees = (page: Page, roles: Role[]) => !page.roles || page.roles.some((role) => roles.includes(role))

/** What a role may not see does not exist for it; who is not signed in, without roles, is asked to. */
export const findPage = (path: string, roles: Role[] | undefined): Page => {
  const page = pages.find((candidate) => candidate.path === normalised(path))
  return page && (page.open || !roles || sees(page, roles)) ? page : notFound
}

/** The pages with contents of an area, in their order; lists of pages are left out. */
export const pagesOf = (area: Area, roles: Role[]) => pages.filter((page) => page.area === area && page.group && sees(page, roles))

/** The areas that lead somewhere for these roles. */
export const areasOf = (roles: Role[]) =>
  (Object.keys(areaLabels) as Area[])
    .filter((area) => pagesOf(area, roles).length > 0)
    .map((area) => ({ area, label: areaLabels[area], path: `/${area}` }))

export type Step = { title: string; path: string }
/** The orientation line: the pages above this one, then itself. The overview has none. */
export const trailOf = (page: Page): Step[] => {
  if (page.path === overviewPath) return []
  const above = pages.filter((candidate) => candidate.path !== overviewPath && page.path.startsWith(`${candidate.path}/`))
  return [...above, page].map(({ title, path }) => ({ title, path }))
}
/** Where "Schließen" leads: the nearest page above. */
export const closePath = (page: Page) => trailOf(page).at(-2)?.path ?? overviewPath
