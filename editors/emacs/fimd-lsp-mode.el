;;; fimd-lsp-mode.el --- fimd as a server of lsp-mode  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; lsp-mode knows several servers in a buffer and ghost text (from 10 on).
;; There fimd is one more server, and this file only registers it.

;;; Code:

(require 'cl-lib)
(require 'fimd-settings)

(declare-function lsp-register-client "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")
(declare-function lsp-register-custom-settings "ext:lsp-mode")
(defvar lsp-language-id-configuration)

(defun fimd--flatten (settings prefix)
  "SETTINGS, a plist, as (PATH VALUE BOOLEAN?)..., under the path PREFIX."
  (cl-loop for (key value) on settings by #'cddr
           for path = (concat prefix "." (substring (symbol-name key) 1))
           if (and (consp value) (keywordp (car value)))
           append (fimd--flatten value path)
           else collect (list path (if (eq value :json-false) nil value)
                              (and (memq value '(t :json-false)) t))))

;;;###autoload
(defun fimd-lsp-mode-setup ()
  "Make fimd a server of lsp-mode, beside the language's own.
lsp-mode 10 and later show its suggestions by `lsp-inline-completion-mode'."
  (with-eval-after-load 'lsp-mode
    (lsp-register-custom-settings (fimd--flatten fimd-settings "fimd"))
    (lsp-register-client
     (make-lsp-client :new-connection (lsp-stdio-connection (lambda () fimd-command))
                      :activation-fn (lambda (&rest _) (fimd--language-enabled-p))
                      :server-id 'fimd
                      :add-on? t
                      :priority -1
                      :multi-root t
                      :synchronize-sections '("fimd")))))

(provide 'fimd-lsp-mode)

;;; fimd-lsp-mode.el ends here
