import { expect, it, vi } from 'vitest'
import { FakePast, refused } from './testing/fakePast.ts'

const host = 'web-1'
/** A tile of samples begins here. */
const start = 990_000

function withViewer(metric: string, from: number, to: number) {
  const past = new FakePast()
  const news = vi.fn()
  const viewer = past.store.viewer(news)
  viewer.want(host, [metric], from, to, 0.5)
  return { past, store: past.store, news, viewer }
}

it('a viewer hears of what it wants, and not of what others want or of what is around', async () => {
  const { past, store, news, viewer } = withViewer('cpu', start + 10, start + 200)
  await past.pass()
  expect(viewer.loading).toBe(true)
  past.asked[0]?.answer()
  await past.pass()
  expect(viewer.loading).toBe(false)
  expect(news).toHaveBeenCalled()
  news.mockClear()
  store.viewer().want(host, ['memory'], start + 10, start + 200, 0.5)
  store.viewer().want(host, ['cpu'], start - 900_000, start - 899_900, 0.5)
  await past.answerAll()
  expect(past.asked.map(({ step }) => step)).toContain(10)
  expect(news).not.toHaveBeenCalled()
})

it('a viewer waits for its own only', async () => {
  const { past, store, viewer } = withViewer('cpu', start + 10, start + 200)
  const other = store.viewer()
  other.want('db-1', ['cpu'], start + 10, start + 200, 0.5)
  await past.pass()
  past.asked.find(({ host: asked }) => asked === host)?.answer()
  await past.pass()
  expect([viewer.loading, other.loading]).toEqual([false, true])
})

it('a viewer hears that what it waits for does not come', async () => {
  const { past, news, viewer } = withViewer('cpu', start + 10, start + 200)
  await past.pass()
  past.asked[0]?.fail(refused('unknown_host', 'no such host'))
  await past.pass()
  expect(viewer.loading).toBe(false)
  expect(news).toHaveBeenCalledOnce()
})

it('a viewer sees a coarse picture where its own is refused', async () => {
  const { past, news } = withViewer('cpu', start + 10, start + 200)
  await past.pass()
  past.asked[0]?.fail(refused('unknown_host', 'no such host'))
  await past.pass(1)
  news.mockClear()
  past.asked[1]?.answer()
  await past.pass()
  expect(past.asked.map(({ step }) => step)).toEqual([0, 10])
  expect(news).toHaveBeenCalled()
})
