// Ticks of the rank page: a bar says which are ticked, and a fifth tick is refused.
(function () {
  'use strict';

  const FEWEST = 2;
  const MOST = 4;
  const form = document.getElementById('compare-form');
  const said = document.getElementById('ticked');
  const button = document.getElementById('compare');
  const boxes = [...document.querySelectorAll('.gw-pick input')];

  function ticked() {
    return boxes.filter((box) => box.checked);
  }

  function nameOf(box) {
    return box.closest('.gw-row').dataset.name;
  }

  function say(refused) {
    const chosen = ticked();
    const names = chosen.map(nameOf).join(', ');
    const more = chosen.length < FEWEST ? ' Tick one to three more.' : '';
    const why = refused ? ` ${nameOf(refused)} was not added, for at most four are compared. Untick one first.` : '';
    said.textContent = chosen.length ? `${chosen.length} ticked: ${names}.${more}${why}` : '';
    button.hidden = chosen.length < FEWEST;
    form.classList.toggle('gw-compare-form--on', chosen.length > 0);
  }

  function turn(box) {
    const refused = ticked().length > MOST ? box : null;
    if (refused) refused.checked = false;
    say(refused);
  }

  boxes.forEach((box) => box.addEventListener('change', () => turn(box)));
  window.addEventListener('pageshow', () => say(null)); // ticks come back with Back
  button.textContent = 'Compare';
  say(null);
})();
