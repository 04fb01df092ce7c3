import { html } from 'lit'
import type { OptionGroup } from './filter-bar.ts'
import './check-groups.css'

export type CheckGroups = {
  name: string
  summary: string
  groups: OptionGroup[]
  chosen: string[]
  /** No more than these may be chosen, and no fewer. */
  most?: number
  least?: number
  choose: (chosen: string[]) => void
}

/** Many options of which several may be chosen, folded; told in the order they are listed. */
export const checkGroups = ({ name, summary, groups, chosen, most = Infinity, least = 0, choose }: CheckGroups) => {
  const all = groups.flatMap(({ options }) => options.map(({ value }) => value))
  const toggle = (value: string, on: boolean) => choose(all.filter((each) => (each === value ? on : chosen.includes(each))))
  return html`
    <details class="sj-checks sj-no-print">
      <summary class="sj-link">${summary}</summary>
      <div class="sj-checks__groups">
        ${groups.map(
          ({ label, options }) => html`
            <fieldset>
              <legend class="sj-h3">${label}</legend>
              ${options.map((option) => {
                const on = chosen.includes(option.value)
                const full = !on && chosen.length >= most
                return html`
                  <label class="sj-check ${full ? 'sj-few' : ''}">
                    <input
                      type="checkbox"
                      name=${name}
                      value=${option.value}
                      .checked=${on}
                      ?disabled=${full || (on && chosen.length <= least)}
                      @change=${(event: Event) => toggle(option.value, (event.target as HTMLInputElement).checked)}
                    />
                    ${option.label}
                  </label>
                `
              })}
            </fieldset>
          `,
        )}
      </div>
    </details>
  `
}
