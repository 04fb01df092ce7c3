import { expect, test } from 'vitest'
import { snippetsFor } from './snippets.ts'

const path = '/api/comparison?figure=case_count&service_kind=s34&month=2026-09&area=MV'
const snippets = snippetsFor({ origin: 'https://sojus.example.de', path })
const codeOf = (name: string) => snippets.find((snippet) => snippet.name === name)!.code

test('every snippet asks this portal for the view, with a token that stands elsewhere', () => {
  expect(snippets.map(({ title }) => title)).toEqual(['R', 'Python', 'Excel (Power Query)'])
  for (const { code } of snippets) {
    expect(code).toContain('https://sojus.example.de')
    for (const value of ['case_count', 's34', '2026-09', 'MV']) expect(code).toContain(value)
    expect(code).not.toContain('sojus_')
    expect(code.split('\n').length).toBeLessThan(25)
  }
})

test('R and Excel are given the filters one by one', () => {
  expect(codeOf('r')).toContain('request("https://sojus.example.de/api/comparison")')
  expect(codeOf('r')).toContain('req_url_query(figure = "case_count", service_kind = "s34", month = "2026-09", area = "MV")')
  expect(codeOf('excel')).toContain('RelativePath = "api/comparison"')
  expect(codeOf('excel')).toContain('Query = [figure = "case_count", service_kind = "s34", month = "2026-09", area = "MV"]')
})
