import { describe, expect, it } from 'vitest'
import { cell, csvOf } from './csv.ts'
import { fileName } from './fileName.ts'

describe('cell', () => {
  it.each([
    ['cpu', 'cpu'],
    ['disk{device=a,b}', '"disk{device=a,b}"'],
    ['say "hi"', '"say ""hi"""'],
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@x', `"'@x"`],
    ['\tx', `"'\tx"`],
  ])('%s', (text, written) => {
    expect(cell(text)).toBe(written)
  })
})

it('csvOf has a line for each value, and none for a hole', () => {
  const series = { metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }
  const answer = {
    host: 'web-1',
    from: 0,
    to: 20,
    step: 5,
    series: [
      {
        series,
        times: Float64Array.of(0, 5, 10),
        min: Float64Array.of(1, NaN, 2),
        mean: Float64Array.of(1.5, NaN, 2.5),
        max: Float64Array.of(2, NaN, 3),
      },
    ],
  }
  expect(csvOf(answer).split('\r\n')).toEqual([
    'timestamp,unix,step,host,metric,min,mean,max,unit',
    '1970-01-01T00:00:00.000Z,0,5,web-1,cpu,1,1.5,2,percent',
    '1970-01-01T00:00:10.000Z,10,5,web-1,cpu,2,2.5,3,percent',
    '',
  ])
})

it('fileName is one that every system takes', () => {
  expect(fileName('web/1:a', '../x "y" <z>', 0, 'csv')).toBe('vitals-web-1-a-..-x-y-z--19700101T000000Z.csv')
  const long = fileName('x'.repeat(500), 'CPU', 0, 'png')
  expect(long.length).toBeLessThan(160)
  expect(long).toMatch(/x-19700101T000000Z\.png$/)
})

it('fileName is of the kind that the server gives to its exports', () => {
  expect(fileName('web-1', 'Disk busy', Date.UTC(2026, 10, 22, 7, 22, 51, 900) / 1000, 'png')).toBe(
    'vitals-web-1-Disk-busy-20261122T072251Z.png',
  )
})
