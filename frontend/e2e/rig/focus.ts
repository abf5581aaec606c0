import type { Page } from 'playwright-core'

/** What has the focus: something to tell it by, and whether it can be seen that it has. */
export interface Focus {
  name: string
  /** A mark on the element: its name may change while a walk is on its way. */
  mark: string
  visible: boolean
  inDialog: boolean
}

/** What has the focus now; undefined when nothing of the page does. */
export async function focusOf(page: Page): Promise<Focus | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body || element === document.documentElement)
      return undefined
    const style = getComputedStyle(element)
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
    const box = element.getBoundingClientRect()
    return {
      mark: ((element as HTMLElement).dataset['mark'] ??= crypto.randomUUID()),
      name: `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent}`
        .trim()
        .replace(/\s+/g, ' '),
      visible: outlined && box.width > 0 && box.height > 0,
      inDialog: element.closest('dialog') !== null,
    }
  })
}

/** Everything that the Tab key reaches from the top of the page on, in order. */
export async function walkByTab(page: Page): Promise<Focus[]> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    getSelection()?.removeAllRanges()
  })
  const walked: Focus[] = []
  for (let step = 0; step < 300; step++) {
    await page.keyboard.press('Tab')
    const focus = await focusOf(page)
    if (focus === undefined) return walked
    if (step > 0 && focus.mark === walked[0]?.mark) return walked
    walked.push(focus)
  }
  throw new Error('the Tab key goes on for ever')
}

/** Everything on the page that can be worked with, as the walk names it. Of a group of radio buttons it is the chosen one. */
export async function operable(page: Page): Promise<Pick<Focus, 'name' | 'mark'>[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'a[href], button, input, select, textarea, [role=slider], [tabindex]',
      ),
    ]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0)
      .concat([...document.querySelectorAll<HTMLElement>('[role=radio][aria-checked=true]')])
      .filter((element, index, all) => all.indexOf(element) === index)
      .map((element) => ({
        mark: (element.dataset['mark'] ??= crypto.randomUUID()),
        name: `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent}`
          .trim()
          .replace(/\s+/g, ' '),
      })),
  )
}
