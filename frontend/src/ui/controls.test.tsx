import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Menu } from './Menu.tsx'
import { Meter } from './Meter.tsx'
import { SegmentedControl } from './SegmentedControl.tsx'

afterEach(cleanup)

describe('a segmented control', () => {
  const segments = [
    { value: 'a', label: 'A' },
    { value: 'b', label: 'B' },
    { value: 'c', label: 'C' },
  ] as const

  it('is one stop of the keyboard, and arrows move the choice round', () => {
    const onChange = vi.fn()
    render(<SegmentedControl label="letters" segments={segments} value="a" onChange={onChange} />)
    const radios = screen.getAllByRole('radio')
    expect(radios.map((radio) => radio.tabIndex)).toEqual([0, -1, -1])
    fireEvent.keyDown(radios[0]!, { key: 'ArrowRight' })
    fireEvent.keyDown(radios[0]!, { key: 'ArrowLeft' })
    expect(onChange.mock.calls).toEqual([['b'], ['c']])
  })

  it('tells which segment a pointer is over, before anything is chosen', () => {
    const [onChange, onPoint] = [vi.fn(), vi.fn()]
    const handlers = { onChange, onPoint }
    render(<SegmentedControl label="letters" segments={segments} value="a" {...handlers} />)
    const [, b] = screen.getAllByRole('radio')
    fireEvent.pointerEnter(b!)
    fireEvent.pointerLeave(b!)
    expect(onPoint.mock.calls).toEqual([['b'], [undefined]])
    expect(onChange).not.toHaveBeenCalled()
  })
})

describe('a menu', () => {
  const items = [
    { id: 'web', label: 'web-1' },
    { id: 'db', label: 'db-1', current: true },
    { id: 'cache', label: 'cache-1' },
  ]

  it('opens at the current entry, is walked by arrows and letters, and gives the choice and the focus back', () => {
    const onChoose = vi.fn()
    render(
      <Menu label="host" items={items} onChoose={onChoose}>
        open
      </Menu>,
    )
    const button = screen.getByRole('button', { name: 'host' })
    fireEvent.click(button)
    expect(document.activeElement?.textContent).toContain('db-1')
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' })
    expect(document.activeElement?.textContent).toContain('cache-1')
    fireEvent.keyDown(document.activeElement!, { key: 'w' })
    expect(document.activeElement?.textContent).toContain('web-1')
    fireEvent.click(document.activeElement!)
    expect(onChoose).toHaveBeenCalledWith('web')
    expect(screen.queryByRole('menu')).toBeNull()
    expect(document.activeElement).toBe(button)
  })

  it('closes on Esc, which then is nobody else’s', () => {
    const outside = vi.fn()
    render(
      <div onKeyDown={outside}>
        <Menu label="host" items={items} onChoose={() => undefined}>
          open
        </Menu>
      </div>,
    )
    fireEvent.click(screen.getByRole('button', { name: 'host' }))
    fireEvent.keyDown(document.activeElement!, { key: 'Escape' })
    expect(screen.queryByRole('menu')).toBeNull()
    expect(outside).not.toHaveBeenCalled()
  })
})

describe('a meter', () => {
  it('tells its value and stays within its bounds', () => {
    render(<Meter label="disk" percent={140} />)
    expect(screen.getByRole('meter').getAttribute('aria-valuenow')).toBe('100')
  })

  it('does not say 0 when nothing is known', () => {
    render(<Meter label="disk" percent={undefined} />)
    expect(screen.getByRole('meter').getAttribute('aria-valuetext')).toBe('unknown')
  })
})
