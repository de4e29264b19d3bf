'use strict';

const study = JSON.parse(document.getElementById('study').textContent);
const count = study.pictures.length;
const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => document.querySelectorAll(selector);

// --- What is kept: who answers now and how far, and those who are through.

const PLACE = 'foodgan-study-' + study.study;
let keeps = true;
let kept = { current: null, done: [] };
try {
  const found = JSON.parse(localStorage.getItem(PLACE));
  if (found && Array.isArray(found.done)) kept = found;
} catch (error) { /* answered below: whatever cannot be read is made anew */ }

function keep() {
  try {
    localStorage.setItem(PLACE, JSON.stringify(kept));
  } catch (error) {
    keeps = false;
  }
}

function below(limit) { // an even draw from 0, 1, ..., limit - 1
  const draw = new Uint32Array(1);
  do crypto.getRandomValues(draw); while (draw[0] >= 2 ** 32 - 2 ** 32 % limit);
  return draw[0] % limit;
}

function begin(name) {
  const order = [...Array(count).keys()];
  for (let last = count - 1; last > 0; last--) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  const session = Array.from({ length: 8 }, () => below(16).toString(16)).join('');
  kept.current = {
    study: study.study, session, participant: name, started: new Date().toISOString(),
    finished: null, seconds: study.seconds, order, answers: [], open: null,
  };
  keep();
}

// --- Words.

let language = navigator.language.startsWith('ja') ? 'ja' : 'en';

function word(name, numbers = {}) {
  return study.words[language][name].replace(/\{(\w+)\}/g, (_, key) => numbers[key]);
}

function translate() {
  const done = kept.current ? kept.current.answers.length : 0;
  const numbers = { count, seconds: study.seconds, done, next: done + 1, people: kept.done.length };
  document.documentElement.lang = language;
  document.title = word('title');
  for (const element of $$('[data-word]')) element.textContent = word(element.dataset.word);
  for (const button of $$('[data-language]')) {
    button.setAttribute('aria-pressed', button.dataset.language === language);
  }
  $('#intro').textContent = word(study.kind, numbers);
  $('#start').textContent = kept.current ? word('resume', numbers) : word('start');
  $('#kept span').textContent = word('kept', numbers);
  $('#sofar').textContent = word('sofar', numbers);
  $('#place').textContent = $('#trial').hidden ? '' : word('place', numbers);
  $('#bar div').style.width = 100 * done / count + '%';
}

function screen(name) {
  for (const main of $$('main')) main.hidden = main.id !== name;
  $('.languages').hidden = name === 'trial';
  $('#bar').style.visibility = name === 'trial' || name === 'rest' ? 'visible' : 'hidden';
  translate();
  const chief = $(`#${name} > .row .chief`); // Enter goes on
  if (chief) chief.focus({ preventScroll: true });
}

// --- One picture after the other.

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function painted() { // resolves once what was changed is on the screen
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

let asked = null; // when the question was put

function ask(yes) {
  asked = yes ? performance.now() : null;
  $('#trial').classList.toggle('asking', yes);
  for (const button of $$('.answers button')) button.disabled = !yes;
}

async function show() {
  const current = kept.current;
  const stage = $('#stage');
  ask(false);
  screen('trial');
  if (!current.open) { // else it was seen already, and then the page was loaded again
    const picture = current.order[current.answers.length];
    const image = new Image();
    image.alt = '';
    image.src = study.pictures[picture];
    stage.classList.add('waiting');
    await Promise.all([image.decode(), wait(1000 * study.pause)]);
    await painted(); // never, as long as nobody sees the page
    current.open = { picture, shown: null };
    keep();
    stage.classList.remove('waiting');
    stage.append(image);
    const start = await painted();
    await wait(1000 * study.seconds - (performance.now() - start));
    image.remove();
    current.open.shown = Math.round(await painted() - start);
    keep();
  }
  ask(true);
}

function answer(said) {
  if (asked === null) return;
  const current = kept.current;
  current.answers.push({
    picture: current.open.picture, answer: said,
    milliseconds: Math.round(performance.now() - asked), shown: current.open.shown,
  });
  current.open = null;
  const done = current.answers.length;
  if (done < count) {
    keep();
    if (done % study.rest === 0) { ask(false); screen('rest'); } else show();
    return;
  }
  ask(false);
  current.finished = new Date().toISOString();
  kept.done.push(current);
  kept.current = null;
  keep();
  screen('end');
}

// --- Files.

function bare({ order, open, ...session }) { return session; } // what is of use to others

function json(sessions) { return JSON.stringify(sessions, null, 1) + '\n'; }

function csv(session) {
  const cell = (value) => '"' + String(value ?? '').replace(/"/g, '""') + '"';
  const rows = session.answers.map((given) => [
    session.study, session.session, session.participant, given.picture, given.answer,
    given.milliseconds, given.shown]);
  const head = ['study', 'session', 'participant', 'picture', 'answer', 'milliseconds', 'shown'];
  return '\ufeff' + [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function save(text, name, kind) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// --- What people do.

function welcome() {
  $('#fresh').hidden = Boolean(kept.current);
  $('#anew').hidden = !kept.current;
  $('#kept').hidden = !kept.done.length;
  keep();
  $('#unkept').hidden = keeps;
  screen('welcome');
}

$('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!kept.current) begin($('#name').value.trim());
  show();
});
$('#anew').addEventListener('click', () => {
  if (kept.current.answers.length && !confirm(word('sure'))) return;
  kept.current = null;
  welcome();
});
$('#rest .chief').addEventListener('click', show);
$('#next').addEventListener('click', () => { $('#name').value = ''; welcome(); });
$('#kept button').addEventListener('click', () => {
  save(json(kept.done.map(bare)), `answers_${study.study}.json`, 'application/json');
});
for (const button of $$('[data-answer]')) {
  button.addEventListener('click', () => answer(button.dataset.answer));
}
for (const button of $$('[data-language]')) {
  button.addEventListener('click', () => { language = button.dataset.language; translate(); });
}
for (const button of $$('[data-save]')) {
  button.addEventListener('click', () => {
    const session = bare(kept.done[kept.done.length - 1]);
    const name = `answers_${session.session}.${button.dataset.save}`;
    if (button.dataset.save === 'json') save(json(session), name, 'application/json');
    else save(csv(session), name, 'text/csv');
  });
}
document.addEventListener('keydown', (event) => {
  const said = { ArrowLeft: 'real', r: 'real', ArrowRight: 'fake', f: 'fake' }[event.key];
  if (said && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) answer(said);
});

// Small pictures are not blown up to a blur.
$('#stage').style.setProperty('--side', Math.min(512, Math.max(256, 4 * study.size)) + 'px');
welcome();
