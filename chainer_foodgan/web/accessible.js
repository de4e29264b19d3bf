// Names and keys that Gradio's components lack: arrow keys for choices and for the comparison,
// words for who does not see the pictures. Run again whenever the page changes.
(() => {
  const each = (selector, change) => document.querySelectorAll(selector).forEach(change);
  const nameOf = (element) => element.closest('.block')
    .querySelector('[data-testid=block-label], [data-testid=block-info]')?.textContent.trim() ?? '';

  // Choices of one name are one group: Tab enters it, arrow keys choose.
  function group(fieldset, number) {
    fieldset.setAttribute('aria-label', nameOf(fieldset));
    fieldset.querySelectorAll('input').forEach((input) => { input.name = `group-${number}`; });
  }

  // "Photo → Ramen: ..." names both pictures and what is between them.
  function comparison(block) {
    const images = block.querySelectorAll('img');
    const handle = block.querySelector('[data-testid=slider]');
    if (!handle) return;
    nameOf(block).split(/[→:：]/, images.length).forEach((name, index) => {
      images[index].alt = name.trim();
    });
    handle.ariaLabel = nameOf(block);
    if (handle.role === 'slider') return;
    Object.assign(handle, {role: 'slider', tabIndex: 0, ariaValueMin: 0, ariaValueMax: 100,
                           ariaValueNow: 50});
    handle.addEventListener('keydown', (event) => {
      const step = {ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, Home: -100, End: 100}[
        event.key];
      if (!step) return;
      event.preventDefault();
      const value = Math.min(100, Math.max(0, Number(handle.ariaValueNow) + step));
      drag(handle, block, (value - handle.ariaValueNow) / 100);
      handle.ariaValueNow = value;
    });
  }

  function drag(handle, block, share) {
    const {left, width, top} = handle.getBoundingClientRect();
    const from = left + width / 2;
    const to = from + share * block.querySelector('img').getBoundingClientRect().width;
    for (const [type, target, clientX] of [
      ['mousedown', handle.querySelector('.inner'), from], ['mousemove', window, to],
      ['mouseup', window, to]]) {
      target.dispatchEvent(new MouseEvent(type, {
        view: window, bubbles: true, cancelable: true, clientX, clientY: top + 1}));
    }
  }

  // By the menu of the device that shows the page, where it has one.
  function sharing(button) {
    button.style.display = navigator.canShare && document.querySelector('.slider img') ? '' : 'none';
    button.onclick = async () => {
      const picture = [...document.querySelectorAll('.slider img')].pop();
      const blob = await (await fetch(picture.src)).blob();
      const file = new File([blob], `${picture.alt}.png`, {type: blob.type});
      await navigator.share({files: [file]}).catch(() => {});
    };
  }

  function name() {
    // Gradio's sheets of style do not see classes of the document itself.
    each('.photo, .camera', (element) => element.classList.toggle('insecure', !isSecureContext));
    each('.hand-on', sharing);
    each('fieldset', group);
    each('.slider', comparison);
    each('button.thumbnail-item', (button) => {
      button.ariaLabel = button.querySelector('img')?.alt || button.ariaLabel;
    });
    each('.photo img, .brush img', (image) => { image.alt = nameOf(image); });
    each('.brush .image-container > button', (button) => { button.ariaLabel = nameOf(button); });
  }

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; name(); });
  }).observe(document.documentElement, {childList: true, subtree: true, characterData: true});
})();
