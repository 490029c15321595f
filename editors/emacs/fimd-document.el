;;; fimd-document.el --- What the server has of a buffer  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Each buffer with `fimd-mode' is one document of the server's, by the name
;; of its file and its mode.  Changes are noted as they happen, and sent
;; before something is asked.  Positions are counted in characters (utf-32),
;; which is how Emacs counts.

;;; Code:

(require 'fimd-server)

(defvar-local fimd--uri nil "The URI that the server knows this buffer by, or nil.")
(defvar-local fimd--version 0)
(defvar-local fimd--changes nil
  "Changes that the server does not know, the latest first; or `whole'.")

(defvar-local fimd--old-range nil "What is about to change: (BEG END START-POSITION END-POSITION).")

(defconst fimd--strange "[\r\xd800-\xdfff\x110000-\x3fff7f\x3fff80-\x3fffff]"
  "What the protocol cannot hold within a line.")

(defun fimd--text (beg end)
  "The text from BEG to END as the server is to see it.
Emacs ends lines at line feeds only, the protocol at CR too, and Emacs holds
what is no character: halves of surrogate pairs, and bytes.  A CR is sent as a
blank, the others as U+FFFD, each one character as before."
  (let ((text (string-to-multibyte (buffer-substring-no-properties beg end))))
    (if (string-match-p fimd--strange text)
        (replace-regexp-in-string
         fimd--strange (lambda (found) (if (equal found "\r") " " "\ufffd")) text t t)
      text)))

(defun fimd--position (place)
  "The position of PLACE in the protocol."
  (save-restriction
    (widen)
    (save-excursion
      (goto-char place)
      (let ((inhibit-field-text-motion t))
        (list :line (1- (line-number-at-pos place t))
              :character (- place (line-beginning-position)))))))

(defun fimd--open ()
  "Give the current buffer to the server, if it is ready."
  (when (and fimd--ready (not fimd--uri))
    (setq fimd--uri (fimd--path-uri buffer-file-name)
          fimd--version 0
          fimd--changes nil)
    (save-restriction
      (widen)
      (fimd--send :textDocument/didOpen
                  (list :textDocument
                        (list :uri fimd--uri :languageId (fimd--language-id) :version 0
                              :text (fimd--text (point-min) (point-max))))))))

(defun fimd--close ()
  "Take the current buffer from the server."
  (when fimd--uri
    (fimd--send :textDocument/didClose (list :textDocument (list :uri fimd--uri)))
    (setq fimd--uri nil)))

(defun fimd--renamed ()
  "Give the buffer to the server under the name of the file that it visits now."
  (unless (and buffer-file-name (equal fimd--uri (fimd--path-uri buffer-file-name)))
    (fimd--close)
    (when buffer-file-name
      (fimd--open))))

(defun fimd--before-change (beg end)
  "Remember where BEG and END are in the text that the server will see changed."
  (when fimd--uri
    (setq fimd--old-range (list beg end (fimd--position beg) (fimd--position end)))))

(defun fimd--after-change (beg end length)
  "Note that LENGTH characters became the text from BEG to END."
  (when fimd--uri
    (pcase fimd--old-range
      ((guard (eq fimd--changes 'whole)))
      (`(,(pred (= beg)) ,(pred (= (+ beg length))) ,first ,last)
       (push (list :range (list :start first :end last) :text (save-restriction
                                                                (widen)
                                                                (fimd--text beg end)))
             fimd--changes))
      ;; Some changes are announced for more than they touch.
      (_ (setq fimd--changes 'whole)))
    (setq fimd--old-range nil)))

(defun fimd--flush ()
  "Send what the server does not know of the current buffer."
  (when (and fimd--uri fimd--changes)
    (let ((changes (if (eq fimd--changes 'whole)
                       (save-restriction
                         (widen)
                         (vector (list :text (fimd--text (point-min) (point-max)))))
                     (vconcat (reverse fimd--changes)))))
      (setq fimd--changes nil)
      (cl-incf fimd--version)
      (fimd--send :textDocument/didChange
                  (list :textDocument (list :uri fimd--uri :version fimd--version)
                        :contentChanges changes)))))

(defun fimd--after-save ()
  "Tell the server that the buffer was saved."
  (when fimd--uri
    (fimd--flush)
    (fimd--send :textDocument/didSave (list :textDocument (list :uri fimd--uri)))))

(provide 'fimd-document)

;;; fimd-document.el ends here
