// @vitest-environment jsdom
import { expect, test, vi } from 'vitest'
import { browserPage } from './pageSignals.ts'

test('the browser tells when the tab shows and when the network comes and goes, until nobody listens', () => {
  const heard = vi.fn()
  const end = browserPage.subscribe(heard)
  const visibility = vi.spyOn(document, 'visibilityState', 'get')
  const tell = () => {
    visibility.mockReturnValue('hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    visibility.mockReturnValue('visible')
    document.dispatchEvent(new Event('visibilitychange'))
    window.dispatchEvent(new Event('offline'))
    window.dispatchEvent(new Event('online'))
  }
  tell()
  expect(heard.mock.calls).toEqual([['visible'], ['offline'], ['online']])
  end()
  tell()
  expect(heard).toHaveBeenCalledTimes(3)
})
