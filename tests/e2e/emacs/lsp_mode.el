;; fimd as a server of lsp-mode, which shows the ghost text.  -*- lexical-binding: t -*-
(let ((folder (expand-file-name "usr/share/emacs/site-lisp/elpa-src" (getenv "FIMD_LISP"))))
  (dolist (package (directory-files folder t "\\`[a-z]"))
    (add-to-list 'load-path package)))
(require 'lsp-mode)
(require 'lsp-inline-completion)
(setq lsp-session-file (expand-file-name "session" (getenv "HOME"))
      lsp-auto-guess-root t
      lsp-guess-root-without-session t
      lsp-enable-file-watchers nil
      lsp-enable-suggest-server-download nil
      lsp-headerline-breadcrumb-enable nil
      lsp-modeline-code-actions-enable nil
      lsp-completion-provider :none
      lsp-enabled-clients '(fimd))
(fimd-lsp-mode-setup)
(define-key lsp-inline-completion-active-map (kbd "TAB") #'lsp-inline-completion-accept)
(define-key lsp-mode-map (kbd "C-c \\") #'lsp-inline-completion-display)
(add-hook 'python-mode-hook #'lsp)
