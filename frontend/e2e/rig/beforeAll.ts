import { rm } from 'node:fs/promises'
import { checkPlaces, results } from './places.ts'

export default async function beforeAll(): Promise<void> {
  checkPlaces()
  await rm(results, { recursive: true, force: true })
}
