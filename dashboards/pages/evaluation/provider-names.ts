// Lists of evaluations name the providers that are counted alone.
import { type Catalogue, type ClassOf, type EvaluationDefinition, getProviders } from '../../client.ts'
import { providersAreaOf } from './evaluation.ts'

type Asked = Pick<EvaluationDefinition, 'area' | 'provider'>

/** The providers of the states in which one is counted alone; where their names are not at hand, none. */
export const providersNamed = async (asked: Asked[], catalogue: Catalogue, ownArea: string, signal: AbortSignal): Promise<ClassOf[]> => {
  const areas = new Set(asked.filter(({ provider }) => provider).map(({ area }) => providersAreaOf(area, catalogue, ownArea)))
  const listed = await Promise.all([...areas].map((area) => getProviders({ area }, signal).catch(() => [])))
  return listed.flat()
}

/** The list to name a provider by, where it stands there: one that has gone since is no fault of the evaluation. */
export const namesFor = (provider: string | undefined, providers: readonly ClassOf[] | undefined) =>
  providers?.some(({ code }) => code === provider) ? providers : undefined
