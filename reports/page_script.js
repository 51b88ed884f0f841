// SPDX-License-Identifier: Apache-2.0
// Copies commands and toggles the theme. The page reads the same without it: its buttons are hidden until it runs.
(function () {
  var page = document.documentElement;

  document.querySelectorAll('button[hidden]').forEach(function (button) {
    button.hidden = false;
  });

  function copy(button) {
    var command = button.parentNode.querySelector('code').textContent;
    navigator.clipboard.writeText(command).then(function () {
      button.textContent = 'copied';
      setTimeout(function () { button.textContent = 'copy'; }, 1500);
    });
  }

  function toggle() {
    var shown = page.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    page.dataset.theme = shown === 'dark' ? 'light' : 'dark';
  }

  document.addEventListener('click', function (event) {
    if (event.target.dataset.copy !== undefined) copy(event.target);
    if (event.target.id === 'theme') toggle();
  });
})();
