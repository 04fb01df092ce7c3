export type Detail = { field: string; message: string }
type Rule = { status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503; title: string; field?: string; hint?: string }

/**
 * Everything the service refuses, by its own codes and by the names of the schema's constraints. The title says what is wrong,
 * `field` which entry of the form it is about (none: the request as a whole) and `hint` what to do.
 */
export const rules = {
  // the request itself
  invalid_input: { status: 400, title: 'Die Angaben sind nicht vollständig oder nicht gültig.' },
  malformed_json: { status: 400, title: 'Die Anfrage ist kein gültiges JSON.' },
  cursor_invalid: {
    status: 400,
    title: 'Die Fortsetzung der Liste ist nicht gültig.',
    field: 'cursor',
    hint: 'Bitte die Liste von vorn laden.',
  },
  idempotency_key_invalid: {
    status: 400,
    title: 'Der Wiederholungsschlüssel ist nicht gültig.',
    field: 'Idempotency-Key',
    hint: 'Erlaubt sind 8 bis 128 druckbare Zeichen.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Der Wiederholungsschlüssel wurde schon für eine andere Anfrage verwendet.',
    field: 'Idempotency-Key',
    hint: 'Bitte einen neuen Schlüssel verwenden.',
  },
  wrong_origin: { status: 403, title: 'Die Anfrage kommt von einer fremden Seite und wurde nicht ausgeführt.' },
  not_found: { status: 404, title: 'Das gibt es hier nicht.' },
  body_too_large: { status: 413, title: 'Die Anfrage ist zu groß.' },
  wrong_content_type: { status: 415, title: 'Die Anfrage muss JSON enthalten (Content-Type: application/json).' },
  internal_error: { status: 500, title: 'Ein Fehler ist aufgetreten. Er wurde aufgezeichnet, geändert wurde nichts.' },
  busy: { status: 503, title: 'Der Vorgang ist gerade nicht möglich. Bitte noch einmal versuchen.' },
  preparing: { status: 503, title: 'Dieser Stand wird aus der Historie berechnet. Bitte gleich noch einmal laden.' },

  // access
  not_signed_in: { status: 401, title: 'Bitte melden Sie sich an.' },
  sign_in_failed: { status: 401, title: 'Die Anmeldung ist nicht möglich. Bitte Bundesland, Benutzername und Passwort prüfen.' },
  sign_in_throttled: { status: 429, title: 'Zu viele Anmeldeversuche. Bitte in 15 Minuten noch einmal versuchen.' },
  password_wrong: { status: 422, title: 'Das bisherige Passwort stimmt nicht.', field: 'current_password', hint: 'Bitte prüfen.' },
  password_unchanged: {
    status: 422,
    title: 'Das neue Passwort ist das bisherige.',
    field: 'new_password',
    hint: 'Bitte ein anderes wählen.',
  },
  user_name_taken: {
    status: 409,
    title: 'Diesen Benutzernamen gibt es schon.',
    field: 'user_name',
    hint: 'Bitte einen anderen wählen.',
  },
  access_token_past: {
    status: 422,
    title: 'Der letzte Tag liegt in der Vergangenheit.',
    field: 'expires_on',
    hint: 'Bitte einen späteren Tag wählen.',
  },
  access_token_lifetime: {
    status: 422,
    title: 'Ein Zugangsschlüssel gilt höchstens 366 Tage.',
    field: 'expires_on',
    hint: 'Bitte einen früheren Tag wählen.',
  },
  access_token_count: {
    status: 409,
    title: 'Mehr als 20 gültige Zugangsschlüssel sind nicht möglich.',
    hint: 'Bitte zuerst einen widerrufen, der nicht mehr gebraucht wird.',
  },

  // things named in a request that are not there, or not for this reader
  client_unknown: { status: 404, title: 'Diese Person gibt es hier nicht.', field: 'client_id', hint: 'Bitte neu auswählen.' },
  case_unknown: { status: 404, title: 'Diesen Fall gibt es hier nicht.', field: 'case_id', hint: 'Bitte neu auswählen.' },
  booking_case_unknown: { status: 404, title: 'Diesen Fall gibt es hier nicht.', field: 'case_id', hint: 'Bitte neu auswählen.' },
  booking_unknown: { status: 404, title: 'Diese Buchung gibt es hier nicht.', field: 'booking_id', hint: 'Bitte neu auswählen.' },
  offer_unknown: { status: 404, title: 'Dieses Angebot gibt es nicht.', field: 'offer_id', hint: 'Bitte neu suchen.' },
  invoice_unknown: { status: 404, title: 'Diese Rechnung gibt es hier nicht.', field: 'invoice_id', hint: 'Bitte neu auswählen.' },
  service_kind_unknown: { status: 422, title: 'Diese Hilfeart gibt es nicht.', field: 'service_kind', hint: 'Bitte auswählen.' },
  specialisation_unknown: {
    status: 422,
    title: 'Eine der Spezialisierungen gibt es nicht.',
    field: 'specialisations',
    hint: 'Bitte auswählen.',
  },
  area_unknown: { status: 422, title: 'Dieses Gebiet gibt es nicht.', field: 'area', hint: 'Bitte auswählen.' },

  // case
  client_birth_date: {
    status: 422,
    title: 'Das Geburtsdatum liegt in der Zukunft.',
    field: 'birth_date',
    hint: 'Bitte das Geburtsdatum prüfen.',
  },
  client_known: {
    status: 409,
    title: 'Diese Person ist schon aufgenommen.',
    field: 'namesake',
    hint: 'Jemand mit diesem Namen und Geburtsdatum ist bekannt. Bitte den neuen Fall dort anlegen oder bestätigen, dass es jemand anderes ist.',
  },
  case_number_taken: {
    status: 409,
    title: 'Diese Fallnummer ist schon vergeben.',
    field: 'case_number',
    hint: 'Bitte eine andere wählen oder den vorhandenen Fall öffnen.',
  },
  case_period: {
    status: 422,
    title: 'Das Ende des Falles liegt vor seinem Beginn.',
    field: 'end_on',
    hint: 'Bitte den Zeitraum prüfen.',
  },

  take_over_faults: { status: 422, title: 'Die Datei hat Fehler. Übernommen wurde nichts.' },
  take_over_undecided: {
    status: 409,
    title: 'Bei manchen Personen ist offen, ob sie schon da sind. Übernommen wurde nichts.',
  },
  handover_colleague_unknown: {
    status: 422,
    title: 'Ein Fall geht nur an eine Fachkraft des eigenen Jugendamts.',
    field: 'to_id',
    hint: 'Bitte eine andere Person auswählen.',
  },
  handover_to_same: {
    status: 409,
    title: 'Der Fall ist schon bei dieser Person.',
    field: 'to_id',
    hint: 'Bitte eine andere Person auswählen.',
  },
  authority_change_to_same: {
    status: 422,
    title: 'Zuständig wird ein anderes Jugendamt.',
    field: 'to_authority_id',
    hint: 'Bitte ein anderes auswählen.',
  },
  authority_change_before_case: {
    status: 422,
    title: 'Der Wechsel liegt vor dem Beginn des Falles.',
    field: 'change_on',
    hint: 'Bitte den Tag prüfen.',
  },
  authority_change_far: {
    status: 422,
    title: 'Der Wechsel liegt mehr als ein Jahr voraus.',
    field: 'change_on',
    hint: 'Bitte erst ankündigen, wenn er näher liegt: Das neue Jugendamt sieht die Person vom Absenden an.',
  },
  authority_change_conference_before_case: {
    status: 422,
    title: 'Das Übergabegespräch liegt vor dem Beginn des Falles.',
    field: 'conference_on',
    hint: 'Bitte den Tag prüfen.',
  },
  authority_change_reason_told: {
    status: 422,
    title: 'Bei „Anderer Grund“ fehlt die Begründung.',
    field: 'note',
    hint: 'Bitte in einem Satz begründen.',
  },
  authority_change_announced: {
    status: 409,
    title: 'Für diesen Fall ist schon ein Zuständigkeitswechsel angekündigt.',
    hint: 'Bitte diesen zuerst zurückziehen.',
  },
  authority_change_answered: {
    status: 409,
    title: 'Der Zuständigkeitswechsel ist schon beantwortet oder zurückgezogen.',
    hint: 'Bitte die Seite neu laden.',
  },
  authority_change_moved: {
    status: 409,
    title: 'Das bisherige Jugendamt hat die Hilfen inzwischen geändert.',
    hint: 'Bitte prüfen und noch einmal absenden.',
  },
  authority_change_too_early: {
    status: 422,
    title: 'Die Hilfe kann nicht vor dem Wechsel der Zuständigkeit fortgesetzt werden.',
    field: 'continued_on',
    hint: 'Bitte den Tag des Wechsels oder einen späteren wählen.',
  },
  authority_change_end_later: {
    status: 409,
    title: 'Für eine Hilfe ist schon ein späteres Ende eingetragen.',
    field: 'continued_on',
    hint: 'Bitte einen Tag nach diesem Ende wählen.',
  },
  authority_change_billed: {
    status: 409,
    title: 'Für diesen Tag hat das bisherige Jugendamt schon eine Rechnung.',
    field: 'continued_on',
    hint: 'Bitte einen späteren Tag wählen. Die Kosten davor werden erstattet (§ 89c SGB VIII).',
  },
  authority_change_interrupted: {
    status: 422,
    title: 'An diesem Tag ruht eine Hilfe.',
    field: 'continued_on',
    hint: 'Bitte einen Tag nach der Unterbrechung wählen.',
  },
  authority_change_in_portal: {
    status: 409,
    title: 'Dieses Jugendamt nutzt das Portal und trägt die Fortsetzung selbst ein.',
  },
  case_handed_over: { status: 409, title: 'Der Fall ist auf ein anderes Jugendamt übergegangen.' },
  only_reservations: {
    status: 409,
    title: 'Das ist nur bei Reservierungen möglich.',
    hint: 'Eine gebuchte Hilfe bitte einzeln öffnen.',
  },

  // placement
  case_without_client: {
    status: 422,
    title: 'Der Fall wurde ohne Person übernommen.',
    field: 'case_id',
    hint: 'Bitte einen Fall mit Person wählen.',
  },
  booking_period: {
    status: 422,
    title: 'Der letzte Tag liegt vor dem ersten.',
    field: 'last_day',
    hint: 'Bitte den Zeitraum prüfen.',
  },
  booking_within_case: {
    status: 422,
    title: 'Die Buchung liegt nicht innerhalb des Falles.',
    field: 'last_day',
    hint: 'Bitte den Zeitraum der Buchung oder den des Falles anpassen.',
  },
  booking_offer_full: {
    status: 409,
    title: 'In diesem Zeitraum ist kein Platz mehr frei.',
    field: 'offer_id',
    hint: 'Bitte ein anderes Angebot oder einen anderen Zeitraum wählen.',
  },
  booking_facility_full: {
    status: 409,
    title: 'Die genehmigten Plätze der Einrichtung sind in diesem Zeitraum belegt.',
    field: 'offer_id',
    hint: 'Bitte ein anderes Angebot oder einen anderen Zeitraum wählen.',
  },
  booking_offer_mismatch: {
    status: 409,
    title: 'Das Angebot hat sich geändert.',
    field: 'offer_id',
    hint: 'Bitte neu suchen.',
  },
  offer_without_rate: {
    status: 422,
    title: 'Für den ersten Tag ist kein Entgelt vereinbart.',
    field: 'first_day',
    hint: 'Bitte ein anderes Angebot oder einen anderen Beginn wählen.',
  },
  units_missing: {
    status: 422,
    title: 'Der Umfang je Woche fehlt.',
    field: 'units_per_week',
    hint: 'Bitte die Fachleistungsstunden oder Pauschalen je Woche angeben.',
  },
  units_beyond_week: {
    status: 422,
    title: 'So viel hat eine Woche nicht.',
    field: 'units_per_week',
    hint: 'Bitte höchstens 7 Tage oder 168 Stunden pro Woche angeben.',
  },
  help_beyond_age: {
    status: 422,
    title: 'Eine Hilfe endet spätestens mit dem 27. Geburtstag (§ 7 Abs. 1 Nr. 4, § 41 SGB VIII).',
    field: 'last_day',
    hint: 'Bitte einen früheren Tag wählen.',
  },
  facility_age: {
    status: 409,
    title: 'Bis dahin ist die Person älter, als die Einrichtung aufnimmt.',
    field: 'older',
    hint: 'Bitte bestätigen, dass sie dort bleiben kann.',
  },
  parallel_help: {
    status: 409,
    title: 'In diesen Tagen ist schon eine andere stationäre Hilfe gebucht.',
    field: 'parallel',
    hint: 'Bitte bestätigen, dass beide nebeneinander laufen.',
  },
  consultation_day: {
    status: 422,
    title: 'An diesem Tag kann die Beratung nicht sein.',
    field: 'held_on',
    hint: 'Bitte einen anderen Tag wählen.',
  },
  client_age: {
    status: 422,
    title: 'Das Alter am ersten Tag liegt nicht zwischen 0 und 27 Jahren.',
    field: 'first_day',
    hint: 'Bitte Geburtsdatum und Beginn prüfen.',
  },
  booking_ended: { status: 409, title: 'Die Buchung ist schon beendet.' },
  booking_running: { status: 409, title: 'Die Buchung ist weder beendet noch storniert.' },
  booking_moved: { status: 409, title: 'Die Buchung wurde inzwischen geändert.', hint: 'Bitte prüfen und noch einmal absenden.' },
  booking_end_stands: {
    status: 409,
    title: 'Das Ende lässt sich nicht mehr zurücknehmen.',
    hint: 'Bitte eine neue Buchung anlegen.',
  },
  booking_prolongation_stands: {
    status: 409,
    title: 'Die Verlängerung lässt sich nicht zurücknehmen: Sie ist zu lange her, oder danach wurde etwas anderes festgehalten.',
    hint: 'Bitte stattdessen das Ende festhalten.',
  },
  booking_prolongation_billed: {
    status: 409,
    title: 'Die Verlängerung lässt sich nicht zurücknehmen: Tage nach dem früheren Ende sind schon abgerechnet.',
    hint: 'Bitte zuerst die Rechnung klären.',
  },
  booking_change_stands: {
    status: 409,
    title: 'Die Änderung lässt sich nicht zurücknehmen: Sie ist zu lange her, oder danach wurde etwas anderes festgehalten.',
    hint: 'Bitte Umfang oder Entgelt noch einmal ändern.',
  },
  booking_change_billed: {
    status: 409,
    title: 'Die Änderung lässt sich nicht zurücknehmen: Tage, für die sie gilt, sind schon abgerechnet.',
    hint: 'Bitte zuerst die Rechnung klären.',
  },
  reason_missing: { status: 422, title: 'Der Grund fehlt.', field: 'note', hint: 'Bitte sagen, warum.' },
  booking_cancellation_stands: {
    status: 409,
    title: 'Nach dem ersten Tag lässt sich eine Stornierung nicht mehr zurücknehmen.',
    hint: 'Bitte eine neue Buchung anlegen.',
  },
  booking_followed: {
    status: 409,
    title: 'Das Ende lässt sich nicht zurücknehmen: Im Fall folgt schon eine andere Buchung.',
    hint: 'Bitte zuerst diese stornieren oder beenden.',
  },
  booking_end_billed: {
    status: 409,
    title: 'Das Ende lässt sich nicht zurücknehmen: Die letzten Tage sind abgerechnet und freigegeben.',
    hint: 'Bitte eine neue Buchung anlegen.',
  },
  booking_change_outside: {
    status: 422,
    title: 'Die Änderung beginnt nicht innerhalb der Hilfe.',
    field: 'first_day',
    hint: 'Bitte einen Tag zwischen dem ersten und dem letzten wählen.',
  },
  booking_change_nothing: {
    status: 422,
    title: 'Umfang und Entgelt bleiben damit, wie sie sind.',
    field: 'units_per_week',
    hint: 'Bitte etwas ändern oder abbrechen.',
  },
  booking_rate_missing: { status: 422, title: 'Das neue Entgelt fehlt.', field: 'rate_cents', hint: 'Bitte einen Betrag angeben.' },
  booking_rate_none: {
    status: 422,
    title: 'Für diesen Tag ist kein Entgelt vereinbart.',
    field: 'rate',
    hint: 'Bitte das bisherige Entgelt behalten oder ein anderes angeben.',
  },
  booking_interruption_outside: {
    status: 422,
    title: 'Die Unterbrechung passt nicht in die Zeit der Hilfe.',
    field: 'first_day',
    hint: 'Bitte die Tage prüfen.',
  },
  booking_interruption_no_overlap: {
    status: 409,
    title: 'In diesen Tagen ist die Hilfe schon unterbrochen.',
    field: 'first_day',
    hint: 'Bitte andere Tage wählen.',
  },
  booking_not_interrupted: {
    status: 422,
    title: 'An diesem Tag ist die Hilfe nicht unterbrochen.',
    field: 'first_day',
    hint: 'Bitte einen Tag der Unterbrechung wählen.',
  },
  booking_cancelled: { status: 409, title: 'Die Buchung ist storniert.' },
  booking_in_use: {
    status: 409,
    title: 'Die Buchung ist schon abgerechnet oder bewertet und kann nicht storniert werden.',
    hint: 'Bitte die Buchung beenden.',
  },
  booking_end_after_plan: {
    status: 422,
    title: 'Das Ende liegt nach dem geplanten Ende.',
    field: 'last_day',
    hint: 'Bitte die Buchung zuerst verlängern.',
  },
  booking_prolonged_back: {
    status: 422,
    title: 'Die Verlängerung endet nicht nach dem bisherigen Ende.',
    field: 'last_day',
    hint: 'Bitte einen späteren Tag wählen oder die Buchung beenden.',
  },
  booking_rate_given: {
    status: 422,
    title: 'Das Entgelt steht im Angebot und wird nicht angegeben.',
    field: 'rate_cents',
    hint: 'Nur auswärtige Buchungen haben ein eigenes Entgelt.',
  },
  booking_identity: { status: 409, title: 'Fall, Angebot und erster Tag einer Buchung bleiben.' },
  offer_rate_no_overlap: {
    status: 409,
    title: 'Für diesen Zeitraum ist schon ein Entgelt vereinbart.',
    field: 'valid_from',
    hint: 'Bitte den Beginn prüfen.',
  },
  offer_capacity_taken: { status: 409, title: 'Es sind mehr Plätze belegt, als das Angebot haben soll.', field: 'capacity' },
  licensed_places_taken: { status: 409, title: 'Es sind mehr Plätze belegt, als genehmigt sein sollen.', field: 'licensed_places' },

  // reservation
  reservation_step: {
    status: 409,
    title: 'Dieser Schritt ist nicht mehr möglich: Die Reservierung ist inzwischen weiter.',
    hint: 'Bitte die Seite neu laden.',
  },
  reservation_not_requested: {
    status: 409,
    title: 'Bei keinem Anbieter wartet dazu eine Anfrage.',
    hint: 'Bitte zuerst die Zustimmung anfragen.',
  },
  reservation_reminded: {
    status: 409,
    title: 'Der Anbieter wurde heute schon erinnert.',
    hint: 'Bitte morgen noch einmal erinnern oder anrufen.',
  },
  reservation_expired: {
    status: 409,
    title: 'Die Reservierung ist abgelaufen, der Platz wird nicht mehr gehalten.',
    hint: 'Bitte neu auswählen und reservieren.',
  },
  reservation_hold_limit: {
    status: 409,
    title: 'Der Platz lässt sich nicht länger halten.',
    field: 'note',
    hint: 'Bitte die Zustimmung anfragen, buchen oder die Reservierung aufgeben.',
  },
  reservation_consent_stands: {
    status: 409,
    title: 'Der Anbieter hat selbst zugesagt; nur er nimmt die Zusage zurück.',
    hint: 'Bitte die Reservierung aufgeben, wenn sie nicht mehr gebraucht wird.',
  },
  reservation_decline_stands: {
    status: 409,
    title: 'Die Absage lässt sich nicht zurücknehmen: Der Anbieter hat selbst abgesagt, oder es ist zu lange her.',
    hint: 'Bitte neu auswählen und anfragen.',
  },
  reservation_explained: { status: 409, title: 'Einen Grund braucht es hier nicht, oder er steht schon fest.' },
  reservation_identity: { status: 409, title: 'Angebot, Zeitraum und Umfang einer Reservierung bleiben.' },
  begin_past: {
    status: 422,
    title: 'Der Beginn liegt zu weit in der Vergangenheit.',
    field: 'first_day',
    hint: 'Bitte einen späteren Beginn wählen.',
  },
  begin_far: {
    status: 422,
    title: 'Der Beginn liegt zu weit in der Zukunft.',
    field: 'first_day',
    hint: 'Bitte einen früheren Beginn wählen.',
  },
  rate_zero: {
    status: 422,
    title: 'Ein Entgelt ist höher als 0 €.',
    field: 'rate_cents',
    hint: 'Bitte das vereinbarte Entgelt angeben, zum Beispiel 98,50.',
  },
  rate_unusual: {
    status: 422,
    title: 'Das Entgelt ist ungewöhnlich hoch.',
    field: 'rate_cents',
    hint: 'Bitte den Betrag prüfen.',
  },
  reservation_period: {
    status: 422,
    title: 'Der letzte Tag liegt vor dem ersten.',
    field: 'last_day',
    hint: 'Bitte den Zeitraum prüfen.',
  },
  decline_note_missing: {
    status: 422,
    title: 'Bei „Anderer Grund“ fehlt die Begründung.',
    field: 'note',
    hint: 'Bitte in einem Satz begründen.',
  },
  offer_not_for_client: {
    status: 422,
    title: 'Die Einrichtung nimmt Personen dieses Alters oder Geschlechts nicht auf.',
    field: 'offer_id',
    hint: 'Bitte ein anderes Angebot wählen.',
  },

  // file
  document_type: {
    status: 422,
    title: 'Die Datei ist keine PDF-, PNG- oder JPEG-Datei.',
    field: 'file',
    hint: 'Bitte als PDF speichern und noch einmal hochladen. Der Inhalt zählt, nicht der Name.',
  },
  picture_damaged: {
    status: 422,
    title: 'Das Bild lässt sich nicht lesen.',
    field: 'file',
    hint: 'Bitte noch einmal speichern und hochladen; mehr als 100 Millionen Bildpunkte sind nicht möglich.',
  },
  document_too_large: {
    status: 413,
    title: 'Die Datei ist zu groß.',
    field: 'file',
    hint: 'Bitte verkleinern oder aufteilen.',
  },
  document_infected: {
    status: 422,
    title: 'Die Datei enthält Schadsoftware und wurde nicht aufgenommen.',
    field: 'file',
    hint: 'Bitte die IT-Sicherheit informieren.',
  },
  document_not_scanned: {
    status: 503,
    title: 'Die Virenprüfung ist gerade nicht erreichbar. Die Datei wurde nicht aufgenommen.',
    field: 'file',
    hint: 'Bitte später noch einmal hochladen.',
  },
  document_twice: {
    status: 409,
    title: 'Diese Datei ist schon in der Akte.',
    field: 'file',
    hint: 'Bitte das vorhandene Dokument verwenden.',
  },
  facility_file_twice: {
    status: 409,
    title: 'Diese Datei ist für die Einrichtung schon hinterlegt.',
    field: 'file',
    hint: 'Bitte eine andere wählen.',
  },
  facility_file_count: {
    status: 409,
    title: 'Mehr als 30 Fotos und Dokumente je Einrichtung sind nicht möglich.',
    field: 'file',
    hint: 'Bitte zuerst eines entfernen.',
  },
  facility_file_type: {
    status: 422,
    title: 'Ein Foto muss eine PNG- oder JPEG-Datei sein.',
    field: 'file',
    hint: 'Bitte als Dokument hochladen oder ein Bild wählen.',
  },
  document_changed: {
    status: 409,
    title: 'Das Dokument wurde inzwischen entfernt oder zurückgelegt.',
    hint: 'Bitte die Seite neu laden.',
  },

  retention_tomorrow: {
    status: 422,
    title: 'Eine neue Frist gilt frühestens ab morgen.',
    field: 'valid_from',
    hint: 'Bitte einen späteren Tag wählen.',
  },
  retention_in_force: { status: 409, title: 'Diese Frist gilt schon und bleibt im Verlauf stehen.', hint: 'Bitte eine neue festlegen.' },

  // waiting list
  waiting_once: {
    status: 409,
    title: 'Der Fall wartet schon auf einen Platz in diesem Angebot.',
    field: 'offer_id',
    hint: 'Bitte zuerst die Warteliste verlassen, um für einen anderen Zeitraum zu warten.',
  },
  waiting_place_free: {
    status: 409,
    title: 'In diesem Zeitraum ist ein Platz frei.',
    field: 'offer_id',
    hint: 'Bitte gleich reservieren.',
  },
  waiting_past: {
    status: 422,
    title: 'Der Zeitraum ist schon vorbei.',
    field: 'last_day',
    hint: 'Bitte einen späteren Zeitraum wählen.',
  },
  waiting_over: { status: 409, title: 'Der Fall steht nicht mehr auf dieser Warteliste.' },
  waiting_period: {
    status: 422,
    title: 'Der letzte Tag liegt vor dem ersten.',
    field: 'last_day',
    hint: 'Bitte den Zeitraum prüfen.',
  },
  // notices
  notice_complete: { status: 422, title: 'Zum Erlassen fehlen noch Angaben.' },
  template_words: { status: 422, title: 'Die Vorlage lässt sich so nicht verwenden.' },
  template_moved: {
    status: 409,
    title: 'Die Vorlage wurde inzwischen geändert. Die neue Fassung steht bei den anderen, Ihr Text noch in den Feldern.',
  },
  notice_signs: { status: 422, title: 'Der Bescheid enthält Zeichen, die sich nicht drucken lassen.' },
  notice_issued: {
    status: 409,
    title: 'Der Bescheid ist erlassen und lässt sich nicht mehr ändern.',
    hint: 'Bitte eine neue Fassung entwerfen.',
  },
  notice_correction: {
    status: 409,
    title: 'Eine neue Fassung gibt es nur von einem erlassenen Bescheid desselben Falles.',
    field: 'corrects',
    hint: 'Bitte den Bescheid neu auswählen.',
  },
  notice_corrected: {
    status: 409,
    title: 'Von diesem Bescheid gibt es schon eine neue Fassung.',
    field: 'corrects',
    hint: 'Bitte dort weiterarbeiten.',
  },
  letterhead_missing: {
    status: 422,
    title: 'Der Briefkopf des Jugendamts fehlt noch.',
    field: 'office',
    hint: 'Bitte oben den Briefkopf einrichten.',
  },
  document_of_notice: { status: 409, title: 'Ein erlassener Bescheid bleibt in der Akte.' },

  // billing
  invoice_number_taken: {
    status: 409,
    title: 'Diese Rechnungsnummer gibt es schon.',
    field: 'invoice_number',
    hint: 'Bitte eine neue Nummer vergeben.',
  },
  invoice_one_authority: {
    status: 422,
    title: 'Eine Rechnung geht an ein Jugendamt und kommt von einem Anbieter.',
    field: 'lines',
    hint: 'Bitte die Positionen auf mehrere Rechnungen verteilen.',
  },
  invoice_without_provider: {
    status: 422,
    title: 'Für eine auswärtige Buchung ohne Anbieter gibt es keine Rechnung.',
    field: 'lines',
    hint: 'Bitte die Position entfernen.',
  },
  invoice_line_outside_booking: {
    status: 422,
    title: 'Eine Position liegt nicht im Zeitraum ihrer Buchung.',
    field: 'lines',
    hint: 'Bitte den Zeitraum prüfen.',
  },
  invoice_empty: {
    status: 422,
    title: 'Eine Rechnung über 0,00 Euro gibt es nicht.',
    field: 'lines',
    hint: 'Bitte Einheiten und Entgelt prüfen.',
  },
  invoice_four_eyes: {
    status: 409,
    title: 'Wer eine Rechnung eingereicht hat, gibt sie nicht selbst frei.',
    hint: 'Bitte eine zweite Person um die Freigabe.',
  },
  invoice_released: { status: 409, title: 'Die Rechnung ist schon freigegeben.' },
  invoice_unchangeable: { status: 409, title: 'Eine Rechnung wird nicht geändert, sondern storniert.' },
  invoice_cancelled: { status: 409, title: 'Die Rechnung ist schon storniert.', field: 'cancels' },
  invoice_cancels_original: { status: 422, title: 'Eine Stornorechnung wird nicht storniert.', field: 'cancels' },
  line_of_booking: {
    status: 409,
    title: 'Eine Position passt nicht mehr zu ihrer Buchung.',
    field: 'lines',
    hint: 'Bitte die Buchung prüfen.',
  },
  payment_reference: {
    status: 409,
    title: 'Diese Auszahlung ist schon erfasst.',
    field: 'reference',
    hint: 'Bitte das Kassenzeichen prüfen.',
  },
  payment_needs_release: {
    status: 409,
    title: 'Die Rechnung ist noch nicht freigegeben.',
    field: 'invoice_id',
    hint: 'Bitte die Rechnung zuerst freigeben lassen.',
  },
  payment_of_cancelled_invoice: { status: 409, title: 'Die Rechnung ist storniert.', field: 'invoice_id' },
  payment_exceeds_invoice: {
    status: 409,
    title: 'Der Betrag ist höher als der offene Betrag.',
    field: 'amount_cents',
    hint: 'Bitte den offenen Betrag prüfen.',
  },
  payment_sum: { status: 409, title: 'Die Positionen ergeben nicht den Betrag.', field: 'amount_cents' },
  payment_in_future: {
    status: 422,
    title: 'Der Tag der Auszahlung liegt in der Zukunft.',
    field: 'paid_on',
    hint: 'Bitte nur erfolgte Auszahlungen erfassen.',
  },

  // rating
  one_review_a_day: {
    status: 409,
    title: 'Für diese Buchung ist an diesem Tag schon eine Fortschreibung erfasst.',
    field: 'reviewed_on',
    hint: 'Bitte den Tag prüfen.',
  },
  one_grade_a_person: {
    status: 422,
    title: 'Eine Person bewertet nur einmal.',
    field: 'goal_attainment',
    hint: 'Bitte weitere Personen durchnummerieren.',
  },
  review_of_case: { status: 404, title: 'Diese Buchung gibt es hier nicht.', field: 'booking_id', hint: 'Bitte neu auswählen.' },
  review_in_future: {
    status: 422,
    title: 'Der Tag der Fortschreibung liegt in der Zukunft.',
    field: 'reviewed_on',
    hint: 'Bitte den Tag prüfen.',
  },
  rating_of_booking: {
    status: 422,
    title: 'Bewertet wird eine Buchung bei einem Anbieter ab ihrem ersten Tag.',
    field: 'reviewed_on',
    hint: 'Bitte Buchung und Tag prüfen.',
  },

  consultation_of_case: {
    status: 404,
    title: 'Diese Reservierung gehört nicht zu diesem Fall.',
    field: 'reservation_id',
    hint: 'Bitte neu auswählen.',
  },
  consultation_colleague_unknown: {
    status: 422,
    title: 'Einladen lassen sich Fachkräfte des eigenen Jugendamts.',
    field: 'participants',
    hint: 'Bitte neu auswählen, oder mit Namen als externe Fachkraft angeben.',
  },
  consultation_participant_once: {
    status: 409,
    title: 'Diese Fachkraft nimmt schon teil.',
    field: 'participants',
    hint: 'Bitte jede nur einmal angeben.',
  },
  consultation_external_unknown: {
    status: 404,
    title: 'Diese externe Fachkraft nimmt an der Beratung nicht teil.',
    field: 'participant_id',
    hint: 'Bitte neu auswählen.',
  },
  consultation_not_invited: { status: 409, title: 'Eine Stimme gibt nur ab, wer zur Beratung eingeladen ist.' },
  consultation_not_leading: { status: 409, title: 'Die Entscheidung trägt ein, wer die Beratung oder den Fall führt.' },
  consultation_vote_reason: {
    status: 422,
    title: 'Eine Ablehnung braucht eine Begründung.',
    field: 'statement',
    hint: 'Bitte begründen.',
  },
  consultation_alone: {
    status: 409,
    title: 'Eine Beratung braucht mindestens zwei Fachkräfte.',
    hint: 'Bitte zuerst jemanden einladen.',
  },
  consultation_decided: { status: 409, title: 'Die Beratung ist schon entschieden und bleibt, wie sie ist.' },
  consultation_undecided: { status: 409, title: 'Ein Protokoll gibt es nach der Entscheidung.' },
  goal_before_begin: {
    status: 422,
    title: 'Ein Ziel soll vor dem Beginn der Hilfe erreicht sein.',
    field: 'goals',
    hint: 'Bitte den Tag prüfen.',
  },
  review_before_begin: {
    status: 422,
    title: 'Der Tag des Hilfeplangesprächs liegt vor dem Beginn der Hilfe.',
    field: 'reviewed_on',
    hint: 'Bitte den Tag prüfen.',
  },
  review_next: {
    status: 422,
    title: 'Das nächste Hilfeplangespräch liegt nicht nach diesem.',
    field: 'next_review_on',
    hint: 'Bitte einen späteren Tag wählen.',
  },
  care_plan_changed: {
    status: 409,
    title: 'Der Hilfeplan wurde inzwischen geändert.',
    hint: 'Bitte abbrechen, die neue Fassung ansehen und die Änderung dort eintragen.',
  },
  care_plan_without_provider: { status: 409, title: 'Diese Hilfe hat keinen Anbieter im System, der Ziele lesen könnte.' },
  care_plan_not_released: {
    status: 409,
    title: 'Dem Anbieter sind zurzeit keine Ziele freigegeben.',
    hint: 'Bitte die Seite neu laden.',
  },
  care_plan_goal_unknown: {
    status: 422,
    title: 'Eines der Ziele steht nicht im Hilfeplan.',
    field: 'goals',
    hint: 'Bitte die Seite neu laden.',
  },

  // portal
  evaluation_without_authority: {
    status: 422,
    title: 'Wer zu keinem Jugendamt gehört, gibt Auswertungen nur für alle oder niemanden frei.',
    field: 'shared',
    hint: 'Bitte etwas anderes wählen.',
  },
  evaluation_count: {
    status: 409,
    title: 'Mehr als 100 eigene Auswertungen sind nicht möglich.',
    hint: 'Bitte zuerst eine löschen, die nicht mehr gebraucht wird.',
  },

  report_schedule_count: {
    status: 409,
    title: 'Mehr als 20 Abonnements sind nicht möglich.',
    hint: 'Bitte zuerst eines beenden, das nicht mehr gebraucht wird.',
  },
  report_schedule_day: {
    status: 422,
    title: 'Diesen Tag gibt es im gewählten Rhythmus nicht.',
    field: 'day',
    hint: 'Bitte einen anderen wählen.',
  },

  comparison_grouping_name_taken: {
    status: 409,
    title: 'Eine Einteilung mit diesem Namen gibt es schon.',
    field: 'name',
    hint: 'Bitte einen anderen wählen.',
  },
  comparison_group_name_taken: {
    status: 409,
    title: 'Eine Gruppe mit diesem Namen gibt es in dieser Einteilung schon.',
    field: 'name',
    hint: 'Bitte einen anderen wählen.',
  },
  comparison_group_member_one_each: {
    status: 409,
    title: 'Ein örtlicher Träger gehört in einer Einteilung nur zu einer Gruppe.',
    field: 'members',
    hint: 'Bitte zuerst aus der anderen Gruppe nehmen.',
  },
  comparison_group_member_unknown: {
    status: 422,
    title: 'Einen der örtlichen Träger gibt es nicht.',
    field: 'members',
    hint: 'Bitte auswählen.',
  },

  // what the schema refuses without a rule of its own
  already_exists: { status: 409, title: 'Diesen Eintrag gibt es schon.' },
  reference_unknown: { status: 422, title: 'Eine Angabe verweist auf etwas, das es nicht gibt.' },
  value_refused: { status: 422, title: 'Ein Wert ist nicht erlaubt.' },
  periods_overlap: { status: 409, title: 'Die Zeiträume überschneiden sich.' },
} as const satisfies Record<string, Rule>

export type RuleCode = keyof typeof rules

/** What the domain forbids. The answer's status and German text stand in `rules`. */
export class RuleViolation extends Error {
  readonly code: RuleCode
  readonly details: Detail[]
  constructor(code: RuleCode, details: Detail[] = [], options?: ErrorOptions) {
    super(code, options)
    this.name = 'RuleViolation'
    this.code = code
    this.details = details
  }
}

/** Thrown by executeTakeFirstOrThrow for a row that is not there, or not for this reader. */
export const rowMissing = () => new RuleViolation('not_found')

/** The rule with this name, for constraint names that come from the database. */
export const ruleNamed = (name: string | undefined): RuleCode | undefined =>
  name !== undefined && Object.hasOwn(rules, name) ? (name as RuleCode) : undefined

/** What the answer names: the details given, else the rule's own field with its hint; a hint about no field always, under the name ''. */
export const detailsOf = (code: RuleCode, given: Detail[]): Detail[] => {
  const { title, field, hint }: Rule = rules[code]
  if (field === undefined) return hint === undefined ? given : [...given, { field: '', message: hint }]
  return given.length > 0 ? given : [{ field, message: hint ?? title }]
}
