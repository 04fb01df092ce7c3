import { Hono } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { catalogue } from '../warehouse/catalogue.ts'
import { factsBehind, keyFigures, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthText } from '../warehouse/month.ts'
import { ownClassesOf } from '../warehouse/own-structure.ts'
import { ageGroups, dearerReasons, declineReasons, endReasons, sexes } from '../warehouse/structure.ts'
import { KeyFiguresAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import { currentSource, type Source } from './moment.ts'
import type { ApiEnv } from './reader.ts'

const publicFigure = (figure: KeyFigure): KeyFiguresAnswer['figures'][number] => {
  const { name, label, group, definition, numerator, denominator, totals, legal_basis, source } = figure
  const { unit, digits, better, flow, by_specialisation, rests_on } = figure
  const words = { name, label, group, definition, numerator, denominator, totals, legal_basis, source }
  return {
    ...words,
    unit,
    digits,
    better,
    flow,
    by_specialisation,
    protected: rests_on.length > 0,
    facts_behind: factsBehind(figure),
    own_classes: ownClassesOf(name)?.slice() ?? null,
  }
}

/** The key figures and everything they can be filtered by; of the months until `last`, `running` is not over. */
export const catalogueAnswer = (
  { directory, first_month }: Awaited<ReturnType<typeof catalogue>>,
  { running, last }: Pick<Source, 'running' | 'last'>,
): Omit<KeyFiguresAnswer, 'data_as_of' | 'month_ends'> => {
  const { states, modules, service_kinds, specialisations, groups } = directory
  const months = { first: first_month ?? monthText(last), last: monthText(last), running: monthText(running) }
  return {
    figures: keyFigures.map(publicFigure),
    modules,
    service_kinds,
    specialisations,
    age_groups: ageGroups.map(({ code, label }) => ({ code, label })),
    sexes,
    end_reasons: endReasons,
    decline_reasons: declineReasons,
    dearer_reasons: dearerReasons,
    areas: [...states.map(({ code, name }) => ({ code, name })), { code: 'de', name: 'Deutschland' }],
    groups: groups.map(({ members, ...group }) => ({ ...group, members: [...members] })),
    months,
  }
}

export const catalogueRoutes = ({ warehouse, now, stamp, bygone }: ApiDeps) =>
  new Hono<ApiEnv>().get(
    '/key-figures',
    describeRoute({
      summary: 'Katalog der Kennzahlen und Filter',
      responses: { 200: { description: 'Katalog', content: { 'application/json': { schema: resolver(KeyFiguresAnswer) } } } },
    }),
    async (c) => {
      const read = await catalogue(warehouse)
      const answer: KeyFiguresAnswer = {
        ...catalogueAnswer(read, currentSource({ warehouse, now })),
        data_as_of: stamp(c, read),
        month_ends: ((await bygone?.past.monthEnds(now())) ?? []).map(monthText),
      }
      return c.json(answer)
    },
  )
