/** What the demonstration looks like for one service kind; numbers are for Mecklenburg-Vorpommern at size 1. */
export type KindShape = {
  code: string
  unit: 'day' | 'hour' | 'flat'
  setting: 'home' | 'emergency' | 'family' | 'foster' | 'day' | 'ambulant' | 'counselling'
  /** helps running on an average day at the end of the time shown */
  stock: number
  growth: number
  /** 1 everywhere: no season */
  season: 'school' | 'counselling' | 'summer' | 'even'
  /** cents per unit today: usual, lowest, highest */
  rate: readonly [number, number, number]
  units_per_week: readonly [number, number]
  /** agreed days and how often they are agreed */
  plans: readonly (readonly [number, number])[]
  /** logarithmic spread of the days needed around those agreed: the long tail */
  spread: number
  drift: number
  extension: number
  dropout: number
  ages: readonly [youngest: number, most: number, oldest: number]
  /** helps for minors end about here */
  age_end: number
  female: number
  /** share placed in another district on purpose, and outside the system */
  elsewhere: number
  outside: number
  specialised: number
  specialisations: readonly string[]
  /** how often a search goes before the booking */
  searched: number
  reviewed: boolean
  follow_ups: readonly (readonly [string, number])[]
}

const base = {
  season: 'even',
  elsewhere: 0.02,
  outside: 0.004,
  extension: 182,
  specialised: 0.12,
  searched: 0.9,
  reviewed: true,
  age_end: 19,
  female: 0.46,
  drift: -0.12,
  growth: 0.03,
} as const
const ambulant = {
  ...base,
  unit: 'hour',
  setting: 'ambulant',
  spread: 0.55,
  dropout: 0.13,
  specialisations: ['psychische_erkrankung', 'schulverweigerung', 'suchtmittel', 'traumapaedagogik'],
  units_per_week: [3, 7],
  ages: [3, 12, 17],
} as const
const residential = {
  ...base,
  unit: 'day',
  setting: 'home',
  spread: 0.7,
  dropout: 0.24,
  units_per_week: [7, 7],
  ages: [5, 15, 17],
  elsewhere: 0.14,
  outside: 0.03,
  specialised: 0.4,
  specialisations: [
    'traumapaedagogik',
    'intensivbetreuung',
    'psychische_erkrankung',
    'schulverweigerung',
    'suchtmittel',
    'unbegleitet_eingereist',
    'tiergestuetzt',
  ],
} as const

// prettier-ignore
export const KIND_SHAPES: readonly KindShape[] = [
  { ...ambulant, code: 's27_2', stock: 210, rate: [6400, 5500, 7600], plans: [[91, 2], [182, 5], [365, 2]],
    follow_ups: [['s31', 0.06], ['s34', 0.03]] },
  { ...base, code: 's28', unit: 'flat', setting: 'counselling', stock: 2400, growth: 0.02, season: 'counselling', rate: [8200, 6000, 11500],
    units_per_week: [0.25, 0.75], plans: [[45, 2], [90, 5], [182, 3]], spread: 0.75, drift: -0.15, extension: 91, dropout: 0.08, ages: [0, 9, 20],
    age_end: 22, female: 0.47, specialised: 0.05, specialisations: ['psychische_erkrankung', 'sexualisierte_gewalt', 'essstoerungen'],
    searched: 0.05, reviewed: false, follow_ups: [['s31', 0.03], ['s27_2', 0.012], ['s30', 0.015], ['s35a_ambulant', 0.012]] },
  { ...ambulant, code: 's29', stock: 150, rate: [5200, 4500, 6200], units_per_week: [2, 4], plans: [[182, 4], [273, 4]], ages: [7, 11, 15],
    dropout: 0.12, follow_ups: [['s30', 0.05]] },
  { ...ambulant, code: 's30', stock: 460, rate: [6000, 5000, 7200], units_per_week: [3, 6], plans: [[182, 5], [365, 4]], ages: [9, 15, 18],
    female: 0.42, follow_ups: [['s34', 0.05], ['s41_ambulant', 0.05]] },
  { ...ambulant, code: 's31', stock: 1300, growth: 0.045, rate: [6600, 5600, 7900], units_per_week: [4, 10], ages: [0, 5, 14],
    plans: [[182, 4], [273, 3], [365, 4]], specialisations: ['psychische_erkrankung', 'suchtmittel', 'mutter_vater_kind'],
    follow_ups: [['s34', 0.04], ['s31', 0.04], ['s32', 0.03]] },
  { ...base, code: 's32', unit: 'day', setting: 'day', stock: 350, season: 'school', rate: [9200, 7200, 11800], units_per_week: [5, 5],
    plans: [[365, 5], [548, 3]], spread: 0.5, dropout: 0.15, ages: [6, 9, 13], female: 0.33, specialised: 0.15,
    specialisations: ['traumapaedagogik', 'schulverweigerung', 'tiergestuetzt'], follow_ups: [['s31', 0.08], ['s34', 0.05]] },
  { ...residential, code: 's33', setting: 'foster', stock: 900, growth: 0.01, rate: [7100, 6000, 9400], plans: [[365, 3], [730, 5], [1095, 3]],
    spread: 0.9, drift: 0, extension: 365, dropout: 0.14, ages: [0, 4, 15], female: 0.49, elsewhere: 0.16, outside: 0.02, specialised: 0.08,
    specialisations: ['geschwister', 'traumapaedagogik'], follow_ups: [['s34', 0.06], ['s41', 0.05]] },
  { ...residential, code: 's34', stock: 1950, growth: 0.035, rate: [18200, 11500, 24800], plans: [[182, 1], [365, 4], [548, 3], [730, 3]],
    follow_ups: [['s41', 0.09], ['s30', 0.08], ['s34', 0.07]] },
  { ...residential, code: 's35', stock: 55, rate: [21500, 16000, 24990], plans: [[182, 4], [273, 3], [365, 2]], spread: 0.5, dropout: 0.3,
    ages: [12, 16, 17], outside: 0.1, follow_ups: [['s34', 0.15]] },
  { ...ambulant, code: 's35a_ambulant', stock: 780, growth: 0.09, season: 'school', rate: [5100, 4500, 6300], units_per_week: [12, 28],
    plans: [[182, 1], [330, 7]], spread: 0.3, drift: -0.05, dropout: 0.06, ages: [6, 9, 16], female: 0.28, specialised: 0.4,
    specialisations: ['autismus_spektrum', 'psychische_erkrankung'], follow_ups: [['s35a_ambulant', 0.3]] },
  { ...base, code: 's35a_teilstationaer', unit: 'day', setting: 'day', stock: 120, season: 'school', rate: [10400, 8200, 13000],
    units_per_week: [5, 5], plans: [[365, 5], [548, 2]], spread: 0.45, dropout: 0.12, ages: [6, 9, 14], female: 0.3, specialised: 0.4,
    specialisations: ['autismus_spektrum'], follow_ups: [['s35a_ambulant', 0.1]] },
  { ...residential, code: 's35a_stationaer', stock: 210, growth: 0.05, rate: [20600, 15500, 24990], plans: [[365, 4], [730, 4]], spread: 0.6,
    dropout: 0.2, ages: [8, 14, 17], female: 0.42, specialised: 0.5, follow_ups: [['s41', 0.1]],
    specialisations: ['autismus_spektrum', 'essstoerungen', 'psychische_erkrankung', 'traumapaedagogik'] },
  { ...residential, code: 's41', stock: 300, rate: [13600, 8800, 19800], plans: [[182, 5], [365, 5]], spread: 0.5, dropout: 0.22,
    ages: [18, 18, 20], age_end: 22, specialised: 0.3, specialisations: ['verselbststaendigung', 'unbegleitet_eingereist', 'psychische_erkrankung'],
    follow_ups: [['s41_ambulant', 0.22]] },
  { ...ambulant, code: 's41_ambulant', stock: 180, rate: [6100, 5200, 7100], units_per_week: [3, 6], plans: [[182, 5], [365, 2]],
    ages: [18, 18, 20], age_end: 22, specialised: 0.15, specialisations: ['verselbststaendigung', 'psychische_erkrankung'], follow_ups: [] },
  { ...residential, code: 's42', setting: 'emergency', stock: 78, growth: 0.06, season: 'summer', rate: [20400, 16500, 24500],
    plans: [[7, 3], [14, 4], [28, 3]], spread: 0.95, drift: 0.05, extension: 28, dropout: 0.16, ages: [2, 15, 17], specialised: 0.08,
    specialisations: ['unbegleitet_eingereist'], searched: 0.7, reviewed: false, elsewhere: 0.04, outside: 0.02,
    follow_ups: [['s34', 0.2], ['s33', 0.04], ['s31', 0.1]] },
  { ...residential, code: 's19', setting: 'family', stock: 130, rate: [21200, 17000, 24990], plans: [[182, 5], [365, 4]], spread: 0.45,
    dropout: 0.2, ages: [15, 19, 26], age_end: 27, female: 0.97, specialised: 0.3, follow_ups: [['s31', 0.25]],
    specialisations: ['mutter_vater_kind', 'suchtmittel', 'psychische_erkrankung'] },
  { ...ambulant, code: 's20', stock: 50, rate: [4900, 4500, 5700], units_per_week: [10, 20], plans: [[42, 4], [91, 4]], spread: 0.5,
    dropout: 0.06, ages: [0, 4, 12], specialised: 0, reviewed: false, follow_ups: [['s31', 0.1]] },
]

/** Mean one over the year, January first. */
export const SEASONS: Record<KindShape['season'], readonly number[]> = {
  even: [1.06, 1.02, 1.08, 1, 1, 0.98, 0.86, 0.88, 1.06, 1.08, 1.06, 0.92],
  counselling: [1.16, 1.12, 1.14, 0.96, 1, 0.94, 0.66, 0.72, 1.16, 1.2, 1.16, 0.78],
  school: [0.85, 0.95, 0.8, 0.7, 0.65, 0.6, 0.85, 2.6, 1.75, 0.95, 0.75, 0.55],
  summer: [0.86, 0.86, 0.94, 1, 1.08, 1.16, 1.2, 1.16, 1.04, 0.96, 0.92, 0.82],
}

/** Burden (helps per young person) and residential places against need; other districts get theirs by chance. */
export const DISTRICT_SHAPES: Record<string, { burden: number; supply: number }> = {
  '13075': { burden: 1.12, supply: 1.02 },
  '13004': { burden: 1.32, supply: 0.78 },
  '13076': { burden: 0.88, supply: 1.2 },
  '13074': { burden: 0.84, supply: 0.97 },
  '13003': { burden: 1.12, supply: 0.8 },
  '13072': { burden: 0.78, supply: 1.16 },
  '13073': { burden: 1.04, supply: 1.06 },
  '13071': { burden: 1.08, supply: 1.22 },
}

/** Inhabitants under 21 of Mecklenburg-Vorpommern at the end of 2019, to which the stocks above belong. */
export const STOCKS_ARE_FOR_YOUNG_PEOPLE = 284_903

const agreedDays = ({ plans }: KindShape): number => {
  const weights = plans.reduce((sum, [, weight]) => sum + weight, 0)
  return plans.reduce((sum, [days, weight]) => sum + days * weight, 0) / weights
}

/** Mean days of a help, dropouts included. */
export const meanDays = (shape: KindShape): number =>
  agreedDays(shape) * Math.exp(shape.drift + shape.spread ** 2 / 2) * (1 - 0.62 * shape.dropout)

/** Helps begun a day, by kind, follow-ups taken off, since those come by themselves. */
export const arrivalsPerDay = (): number[] => {
  const total = KIND_SHAPES.map((shape) => shape.stock / meanDays(shape))
  return KIND_SHAPES.map((shape, index) => {
    const following = KIND_SHAPES.reduce(
      (sum, from, at) => sum + total[at]! * (from.follow_ups.find(([code]) => code === shape.code)?.[1] ?? 0),
      0,
    )
    return Math.max(total[index]! - following, total[index]! * 0.3)
  })
}

/** Bookings that a size of 1 brings in `days` days and the stock before them; `demand` is against Mecklenburg-Vorpommern, by kind. */
export const bookingsExpected = (demand: readonly number[], days: number): number =>
  KIND_SHAPES.reduce((sum, shape, kind) => {
    const rate = Math.log(1 + shape.growth) / 365
    const before = shape.stock * Math.exp(-rate * days)
    const begun = ((shape.stock / meanDays(shape)) * (1 - Math.exp(-rate * days))) / rate
    return sum + demand[kind]! * (before + begun)
  }, 0)
