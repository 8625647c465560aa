// When somebody may be texted, worked out a second time: from the file of rules over Node's Intl, minute by minute. It shares nothing with the product but the file.
//   node legal-hours-model.mjs RULES DAY… → JSON: the version of the zone data; the offsets of each zone; the open stretches of each place, in minutes from the UTC day's start;
//   the hours of each state on each date from 2026 to 2030; and the zones of each state by the first three digits of a ZIP Code
import { readFileSync } from 'node:fs'

const [rulesPath, ...days] = process.argv.slice(2)
const file = JSON.parse(readFileSync(rulesPath, 'utf8'))
const minuteMs = 60_000
const dayMs = 1440 * minuteMs
const iso = time => new Date(time).toISOString().slice(0, 10)
const weekdayOf = date => new Date(date + 'T00:00:00Z').getUTCDay() || 7
const plus = (date, count) => iso(Date.parse(date + 'T00:00:00Z') + count * dayMs)
const at = (year, month, day) => iso(Date.UTC(year, month - 1, day))

// Oudin, 1940.
function easter(year) {
  const g = year % 19
  const c = Math.trunc(year / 100)
  const h = (c - Math.trunc(c / 4) - Math.trunc((8 * c + 13) / 25) + 19 * g + 15) % 30
  const i = h - Math.trunc(h / 28) * (1 - Math.trunc(29 / (h + 1)) * Math.trunc((21 - g) / 11))
  const l = i - ((year + Math.trunc(year / 4) + i + 2 - c + Math.trunc(c / 4)) % 7)
  const month = 3 + Math.trunc((l + 40) / 44)
  return at(year, month, l + 28 - 31 * Math.trunc(month / 4))
}

function datesOf(holiday, year) {
  if (holiday.easter !== undefined) return [plus(easter(year), holiday.easter)]
  if (holiday.weekday !== undefined) {
    for (let day = holiday.onOrAfter; ; day++) if (weekdayOf(at(year, holiday.month, day)) === holiday.weekday) return [at(year, holiday.month, day)]
  }
  const date = at(year, holiday.month, holiday.day)
  return { 6: [date, plus(date, -1)], 7: [date, plus(date, 1)] }[weekdayOf(date)] ?? [date]
}

const kept = {}
for (const [list, holidays] of Object.entries(file.holidays)) {
  kept[list] = new Set()
  for (let year = 2025; year <= 2031; year++) for (const holiday of holidays) for (const date of datesOf(holiday, year)) kept[list].add(date)
}

const minutes = time => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

// [opens, closes) in minutes of the local day, or null.
function hoursOf(state, date) {
  const kind = { 6: 'sat', 7: 'sun' }[weekdayOf(date)] ?? 'monToFri'
  let [opens, closes] = [0, 1440]
  for (const rule of file.rules) {
    if (!rule.where.some(place => place === 'US' || place === state) || (rule.from && date < rule.from)) continue
    if (rule.closedOn?.some(list => kept[list].has(date))) return null
    if (!rule.hours) continue
    if (rule.hours[kind] === null) return null
    const [from, to] = rule.hours[kind].split('-').map(minutes)
    opens = Math.max(opens, from)
    closes = Math.min(closes, to)
  }
  return opens < closes ? [opens, closes] : null
}

const memory = new Map()
function remembered(state, date) {
  const key = state + date
  if (!memory.has(key)) memory.set(key, hoursOf(state, date))
  return memory.get(key)
}

const states = Object.keys(file.places)
const statesOf = {}
for (const state of states) for (const zone of file.places[state].zones) (statesOf[zone] ??= []).push(state)

const offsets = {}
const open = {}
for (const [zone, own] of Object.entries(statesOf)) {
  // Swedish writes a date as ISO does: 2026-03-08 01:30.
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
  offsets[zone] = {}
  for (const state of own) open[`${state} ${zone}`] = {}
  for (const day of days) {
    const start = Date.parse(day + 'T00:00:00Z')
    const shifts = (offsets[zone][day] = [])
    const stretches = own.map(() => [])
    for (let minute = 0; minute < 1440; minute++) {
      const local = clock.format(start + minute * minuteMs)
      const date = local.slice(0, 10)
      const time = minutes(local.slice(11))
      const offset = (Date.parse(date + 'T00:00:00Z') - start) / minuteMs + time - minute
      if (shifts.at(-1)?.[1] !== offset) shifts.push([minute, offset])
      for (let index = 0; index < own.length; index++) {
        const hours = remembered(own[index], date)
        if (!hours || time < hours[0] || time >= hours[1]) continue
        const last = stretches[index].at(-1)
        if (last && last[1] === minute) last[1]++
        else stretches[index].push([minute, minute + 1])
      }
    }
    own.forEach((state, index) => (open[`${state} ${zone}`][day] = stretches[index]))
  }
}

const hours = {}
for (const state of states) {
  hours[state] = []
  for (let date = '2026-01-01'; date < '2031-01-01'; date = plus(date, 1)) hours[state].push(hoursOf(state, date)?.join('-') ?? '')
}

const prefixesOf = ranges => ranges.split(' ').flatMap(range => {
  const [first, last = first] = range.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index).padStart(3, '0'))
})

const homes = {}
for (const state of states) {
  const { zones, postalPrefixes, postalZones = {} } = file.places[state]
  homes[state] = {}
  for (const prefix of prefixesOf(postalPrefixes)) {
    const sure = Object.keys(postalZones).filter(zone => prefixesOf(postalZones[zone]).includes(prefix))
    homes[state][prefix] = sure.length > 0 ? sure : zones
  }
}

process.stdout.write(JSON.stringify({ zoneData: process.versions.tz, offsets, open, hours, homes }))
