;;; fimd.el --- Code completion by a model on your own machine  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: convenience, languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Shows, as ghost text at point, what a DeepSeek-family model on your own
;; machine thinks comes next.  The language server `fimd lsp' does the work;
;; this package starts it, shows what it suggests, and accepts it.
;;
;;   (require 'fimd)
;;   (global-fimd-mode)
;;
;; Eglot has one server per buffer, and that one should be the language's
;; own.  So fimd-mode has a connection of its own, by the library that is
;; under eglot (jsonrpc), and tells its server itself what changed.  It works
;; in buffers with eglot, whatever their server is, and in buffers without.
;;
;; lsp-mode knows several servers in a buffer and ghost text (from 10 on).
;; There fimd is one more server, which is only registered:
;;
;;   (fimd-lsp-mode-setup)
;;
;; The rooms: fimd-settings, fimd-server, fimd-document (what the server has
;; of a buffer), fimd-ghost (what is seen and accepted), fimd-menu (how it
;; fares), fimd-lsp-mode.  This file is the mode.

;;; Code:
(require 'fimd-ghost)
(require 'fimd-lsp-mode)
(require 'fimd-menu)

(defun fimd--leave ()
  "Take the ghost text away, and the buffer from the server."
  (fimd--clear)
  (fimd--close))

(defconst fimd--hooks
  '((before-change-functions . fimd--before-change)
    (after-change-functions . fimd--after-change)
    (after-save-hook . fimd--after-save)
    (after-set-visited-file-name-hook . fimd--renamed)
    (change-major-mode-hook . fimd--leave)
    (kill-buffer-hook . fimd--close)
    (post-command-hook . fimd--post-command))
  "What `fimd-mode' adds to the hooks of its buffer.")

;;;###autoload
(define-minor-mode fimd-mode
  "Show suggestions of the server `fimd lsp' as ghost text."
  :group 'fimd
  :lighter (:eval (fimd--lighter))
  :keymap fimd-mode-map
  (if (and fimd-mode (not buffer-file-name))
      (progn
        (setq fimd-mode nil)
        (message "fimd-mode is for buffers of files"))
    (pcase-dolist (`(,hook . ,function) fimd--hooks)
      (if fimd-mode
          (add-hook hook function nil t)
        (remove-hook hook function t)))
    (cond (fimd-mode
           (setq fimd--tick (buffer-chars-modified-tick))
           (when (fimd--start) (fimd--open)))
          (t (fimd--leave)))))

(defun fimd--open-buffers ()
  "Give the server every buffer in which `fimd-mode' is on."
  (fimd--in-buffers #'fimd--open))

(defun fimd--forget-buffers ()
  "The server is gone, and has no buffer any more."
  (fimd--in-buffers (lambda ()
                      (setq fimd--uri nil)
                      (fimd--clear)))
  (setq fimd--focused nil)
  (force-mode-line-update t))

(defun fimd--in-buffers (function)
  "Call FUNCTION in every buffer in which `fimd-mode' is on."
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (when fimd-mode (funcall function)))))

(add-hook 'fimd--ready-hook #'fimd--open-buffers)
(add-hook 'fimd--gone-hook #'fimd--forget-buffers)

(defun fimd--turn-on ()
  "Turn on `fimd-mode' where it belongs: in files of enabled languages.
Where lsp-mode is on, fimd is one of its servers."
  (when (and buffer-file-name (derived-mode-p 'prog-mode 'text-mode 'conf-mode)
             (not (bound-and-true-p lsp-mode)) (fimd--language-enabled-p))
    (fimd-mode)))

;;;###autoload
(define-globalized-minor-mode global-fimd-mode fimd-mode fimd--turn-on
  :group 'fimd)

(provide 'fimd)

;;; fimd.el ends here
