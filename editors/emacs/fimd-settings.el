;;; fimd-settings.el --- What the user sets  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; The options, and what follows from them: what the server is sent, and
;; whether a language is enabled.

;;; Code:

(require 'subr-x)

(defgroup fimd nil
  "Code completion by a model on your own machine."
  :group 'convenience
  :prefix "fimd-")

(defcustom fimd-command '("fimd" "lsp")
  "The server: a program on the variable `exec-path' and its arguments."
  :type '(repeat string))

(defcustom fimd-idle-delay 0.05
  "Seconds without a key before a suggestion is asked for.
The server drops an older request by itself, so this can be small."
  :type 'number)

(defcustom fimd-settings '(:enable (:* t :markdown :json-false :plaintext :json-false))
  "Settings that are sent to the server, by the names that all editors share.
False is :json-false.

setting             default                 what it does
enable              {\"*\": true} less prose  by language: whether to suggest;
                                            `*' for those not named
trigger             \"automatic\"             or \"manual\": only when asked
multiLine           \"auto\"                  or \"never\": always one line
inComments          false                   suggest in comments too
inStrings           false                   suggest in strings too
maxTokens           128                     the most of a suggestion
context.neighbours  true                    look at other open files:
                                            :context (:neighbours t)
model               \"\"                      the model's folder; empty:
                                            FIMD_MODEL, else the demo
threads             0                       computing; 0: one per core

After a change outside of Customize, `fimd-send-settings'."
  :type '(plist :key-type symbol :value-type sexp)
  :set (lambda (symbol value)
         (set-default symbol value)
         (when (fboundp 'fimd-send-settings)
           (funcall 'fimd-send-settings))))

(defcustom fimd-language-ids
  '((c++-mode . "cpp") (js-mode . "javascript") (js-jsx-mode . "javascriptreact")
    (js2-mode . "javascript") (sh-mode . "shellscript") (bash-ts-mode . "shellscript")
    (tsx-ts-mode . "typescriptreact") (text-mode . "plaintext") (cperl-mode . "perl")
    (latex-mode . "latex") (LaTeX-mode . "latex") (tuareg-mode . "ocaml"))
  "Language identifiers of the modes whose name without \"-mode\" is another."
  :type '(alist :key-type symbol :value-type string))

(defvar fimd--snoozed nil "The timer that ends the user's pause, or nil.")

(defun fimd--settings ()
  "What the server is to go by now, as JSON has it: an empty list is an object.
While we snooze, it suggests only when asked."
  (or (if fimd--snoozed
          (plist-put (copy-sequence fimd-settings) :trigger "manual")
        fimd-settings)
      (make-hash-table)))

(defun fimd--automatic-p ()
  "Whether suggestions come by themselves."
  (not (or fimd--snoozed (equal (plist-get fimd-settings :trigger) "manual"))))

(defun fimd--language-id ()
  "The language identifier of the current buffer's mode."
  (or (alist-get major-mode fimd-language-ids)
      (string-remove-suffix "-ts" (string-remove-suffix "-mode" (symbol-name major-mode)))))

(defun fimd--language-enabled-p ()
  "Whether `fimd-settings' enable the current buffer's language."
  (let* ((enable (plist-get fimd-settings :enable))
         (name (intern (concat ":" (fimd--language-id)))))
    (not (eq (plist-get enable (if (plist-member enable name) name :*)) :json-false))))

(defun fimd--enable-language (language on)
  "Change `fimd-settings': whether LANGUAGE, an identifier, is ON."
  (let ((enable (copy-sequence (plist-get fimd-settings :enable))))
    (setq fimd-settings
          (plist-put (copy-sequence fimd-settings) :enable
                     (plist-put enable (intern (concat ":" language)) (if on t :json-false))))))

(provide 'fimd-settings)

;;; fimd-settings.el ends here
