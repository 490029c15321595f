;;; fimd-menu.el --- How fimd fares, and what to do about it  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; The word in the mode line, the status, the menu, and the switches in it.

;;; Code:

(require 'easymenu)
(require 'fimd-ghost)

(defvar fimd-mode)
(declare-function fimd-mode "fimd")
(declare-function global-fimd-mode "fimd")

(defun fimd--lighter ()
  "The mode line's word: a mark while the server is busy or has a problem."
  (pcase (plist-get fimd--status :kind)
    ((or "Error" "Warning") " fimd!")
    (_ (cond (fimd--snoozed " fimd-z")
             ((not fimd--uri) " fimd?")
             ((eq (plist-get fimd--status :busy) t) " fimd..")
             (t " fimd")))))

(defun fimd--silence ()
  "Why there are no suggestions in the current buffer, or nil.
What only we know goes before what the server knows."
  (let ((told (plist-get fimd--status :silence)))
    (cond (fimd--snoozed "snoozed: suggests only when asked")
          ((not (fimd--language-enabled-p)) (format "off for %s" (fimd--language-id)))
          ((and fimd--uri (equal (plist-get told :uri) fimd--uri))
           (or (plist-get told :text) (plist-get told :reason))))))

(defun fimd--message ()
  "What the server has to say, with how much of a model is loaded, or nil."
  (let ((text (plist-get fimd--status :message)) (percent (plist-get fimd--status :percent)))
    (and text (not (string-empty-p text))
         (if percent (format "%s, %d %%" text percent) text))))

(defun fimd--describe ()
  "What there is to say of the server and the current buffer.
The server may leave out any part of its status."
  (let ((model (plist-get fimd--status :model)) (state (plist-get fimd--status :state)))
    (string-join
     (delete-dups
      (delq nil
            (list (concat "fimd: the server "
                          (cond ((fimd--running-p) "runs")
                                (fimd--connection "starts")
                                (t "does not run"))
                          (if fimd--uri " and has this buffer" " without this buffer"))
                  (and model (format (if state "model %s (%s)" "model %s") model state))
                  (fimd--message)
                  (fimd--silence))))
     "; ")))

(defun fimd-status ()
  "Say how the server fares, and whether it has the current buffer."
  (interactive)
  (message "%s" (fimd--describe)))

(defun fimd-toggle-language ()
  "Turn suggestions for the language of the current buffer off, or on again.
So until Emacs ends; customize `fimd-settings' to keep it."
  (interactive)
  (let ((language (fimd--language-id)) (on (not (fimd--language-enabled-p))))
    (fimd--enable-language language on)
    (fimd-send-settings)
    (dolist (buffer (buffer-list))
      (with-current-buffer buffer
        (when (and buffer-file-name (equal (fimd--language-id) language))
          (fimd-mode (if on 1 -1)))))
    (message "fimd: %s for %s" (if on "on" "off") language)))

(defun fimd-snooze (minutes)
  "Suggest for MINUTES, 5 without a prefix argument, only when asked.
With 0, end it."
  (interactive (list (if current-prefix-arg (prefix-numeric-value current-prefix-arg) 5)))
  (when fimd--snoozed
    (cancel-timer fimd--snoozed))
  (setq fimd--snoozed (and (> minutes 0) (run-with-timer (* 60 minutes) nil #'fimd-snooze 0)))
  (when fimd--snoozed
    (fimd--clear))
  (fimd-send-settings)
  (force-mode-line-update t)
  (message (if fimd--snoozed "fimd: snoozed for %d minutes" "fimd: awake") minutes))

(defvar fimd-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c \\") #'fimd-suggest)
    map)
  "Keys of `fimd-mode'.")

(easy-menu-define fimd-menu fimd-mode-map
  "Menu of `fimd-mode', also on its name in the mode line."
  '("Fimd"
    ["Suggest Now" fimd-suggest :active fimd--uri]
    ["Status" fimd-status]
    ["For This Language" fimd-toggle-language :style toggle :selected (fimd--language-enabled-p)]
    ["In This Buffer" fimd-mode :style toggle :selected fimd-mode]
    ["Snooze for 5 Minutes" (fimd-snooze (if fimd--snoozed 0 5))
     :style toggle :selected fimd--snoozed]
    "--"
    ["Show Log" fimd-show-log]
    ["Restart the Server" fimd-restart]
    ["Customize" (customize-group 'fimd)]))

(provide 'fimd-menu)

;;; fimd-menu.el ends here
