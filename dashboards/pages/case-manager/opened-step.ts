// What pages that show the forms of their steps have in common: which one is open, what was said last, and where the focus goes.
import type { LitElement } from 'lit'
import { draftedStep } from './step-form.ts'

type StepPage<Action> = LitElement & { opened: Action | undefined; said: string }

export const focusIn = async (page: LitElement, selector: string) => {
  await page.updateComplete
  page.querySelector<HTMLElement>(selector)?.focus()
}

/** Into the form that was just opened. */
export const focusForm = async (page: LitElement) => {
  await page.updateComplete
  await page.querySelector<LitElement>('sj-step-form')?.updateComplete
  await focusIn(page, '#schritt')
}

export const openStep = async <Action>(page: StepPage<Action>, action: Action) => {
  page.opened = action
  page.said = ''
  await focusForm(page)
}

/** Opens the form about it that somebody left half filled in. */
export const resumeStep = async <Action extends string>(page: StepPage<Action>, subject: string, actions: readonly Action[]) => {
  const drafted = await draftedStep(subject)
  page.opened ??= actions.find((action) => action === drafted?.action)
}

/** Back to the button that opened it. */
export const closeStep = async <Action>(page: StepPage<Action>) => {
  const action = page.opened
  page.opened = undefined
  await focusIn(page, `[data-action=${action}]`)
}

/** Shows where things stand after a step, or after somebody else's. */
export const leaveStep = async <Action>(page: StepPage<Action>, said: string) => {
  page.opened = undefined
  page.said = said
  await focusIn(page, '#stand')
}
