// A few lines each with which other programs read a view of the portal. The token stays out of them: they find it in their surroundings.

export type Snippet = { name: string; title: string; before: string; code: string }
/** `path` as the portal's own pages ask for it: "/api/comparison?…". */
export type Example = { origin: string; path: string }

const arrowStream = 'application/vnd.apache.arrow.stream'

const parametersOf = (path: string) => [...new URL(path, 'http://portal').searchParams]
const pathOf = (path: string) => new URL(path, 'http://portal').pathname

const r = ({ origin, path }: Example) => `library(httr2)

antwort <- request("${origin}${pathOf(path)}") |>
  req_url_query(${parametersOf(path)
    .map(([name, value]) => `${name} = "${value}"`)
    .join(', ')}) |>
  req_auth_bearer_token(Sys.getenv("SOJUS_TOKEN")) |>
  req_headers(Accept = "text/csv") |>
  req_perform()
werte <- read.csv2(text = sub("^\\uFEFF", "", resp_body_string(antwort)))
print(werte[, c("name", "current", "sign_current")])
`

const python = ({ origin, path }: Example) => `import os
import urllib.request
import pyarrow.ipc

anfrage = urllib.request.Request(
    "${origin}${path}",
    headers={
        "Authorization": "Bearer " + os.environ["SOJUS_TOKEN"],
        "Accept": "${arrowStream}",
    },
)
with urllib.request.urlopen(anfrage) as antwort:
    werte = pyarrow.ipc.open_stream(antwort.read()).read_all()
print(werte.select(["region", "current", "sign_current"]).to_pydict())
`

const numbers = ['current', 'previous', 'year_average', 'previous_year_average', 'change', 'cases']

const excel = ({ origin, path }: Example) => `let
    Antwort = Web.Contents("${origin}", [
        RelativePath = "${pathOf(path).slice(1)}",
        Query = [${parametersOf(path)
          .map(([name, value]) => `${name} = "${value}"`)
          .join(', ')}],
        Headers = [Authorization = "Bearer " & SojusToken, Accept = "text/csv"]
    ]),
    Tabelle = Csv.Document(Antwort, [Delimiter = ";", Encoding = 65001]),
    Kopf = Table.PromoteHeaders(Tabelle),
    Werte = Table.TransformColumnTypes(Kopf, {
        ${numbers.map((name) => `{"${name}", type number}`).join(',\n        ')}
    }, "de-DE")
in
    Werte
`

const environment = 'Den Schlüssel in die Umgebungsvariable SOJUS_TOKEN schreiben, nicht in das Programm.'

export const snippetsFor = (example: Example): Snippet[] => [
  { name: 'r', title: 'R', before: `Paket httr2. ${environment}`, code: r(example) },
  { name: 'python', title: 'Python', before: `Paket pyarrow. ${environment}`, code: python(example) },
  {
    name: 'excel',
    title: 'Excel (Power Query)',
    before:
      'In Power Query einen Parameter „SojusToken“ (Text) mit dem Schlüssel anlegen, dann eine leere Abfrage, deren erweiterten Editor öffnen und diesen Text einsetzen; als Zugriffsart „Anonym“ wählen. Die Arbeitsmappe enthält danach den Schlüssel: bitte nicht weitergeben.',
    code: excel(example),
  },
]
