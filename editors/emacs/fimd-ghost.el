;;; fimd-ghost.el --- Ghost text at point  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Asks for suggestions, shows the first that fits as ghost text, and accepts
;; all of it or a part.

;;; Code:

(require 'cl-lib)
(require 'fimd-document)

(defface fimd-ghost '((t :inherit shadow))
  "Face of ghost text."
  :group 'fimd)
;; A suggestion replaces, on the line that begins at `bol', what stands
;; between `before' and `after' by `text'.  Of `text', what stands before
;; point is typed; `replaced' is what its range has behind point.
(cl-defstruct fimd--suggestion
  bol before text replaced after
  skipped  ; characters of the item's text on lines above, after a part was accepted
  item)

(defvar-local fimd--suggestions nil "What can be shown, the first of which is.")
(defvar-local fimd--overlay nil)
(defvar-local fimd--visible nil "Whether ghost text is on the screen.")
(defvar-local fimd--asked nil "Identifies the request on its way.")
(defvar-local fimd--tick nil "`buffer-chars-modified-tick' after the last command.")
(defvar fimd--timer nil)

(defun fimd--line ()
  "The line of point as (BEGINNING BEFORE-POINT AFTER-POINT)."
  (save-restriction
    (widen)
    (let ((inhibit-field-text-motion t))
      (list (line-beginning-position)
            (buffer-substring-no-properties (line-beginning-position) (point))
            (buffer-substring-no-properties (point) (line-end-position))))))

(defun fimd--make-suggestion (item line character)
  "ITEM of the server, asked for at CHARACTER of LINE, or nil if it does not fit.
LINE is (BOL LEFT RIGHT), as the function `fimd--line' returns it."
  (pcase-let* ((`(,bol ,left ,right) line)
               (range (plist-get item :range))
               (first (or (plist-get (plist-get range :start) :character) character))
               (last (or (plist-get (plist-get range :end) :character) character))
               (text (plist-get item :insertText))
               (reach (min (max 0 (- last character)) (length right))))
    (when (and (stringp text) (<= first character))
      (make-fimd--suggestion
       :bol bol :before (substring left 0 first) :text text :skipped 0 :item item
       :replaced (substring right 0 reach) :after (substring right reach)))))

(defun fimd--typed (suggestion)
  "How many characters of SUGGESTION stand before point; nil if it does not fit."
  (pcase-let* ((`(,bol ,left ,right) (fimd--line))
               (before (fimd--suggestion-before suggestion)))
    (when (and (= bol (fimd--suggestion-bol suggestion))
               (string-prefix-p before left)
               (string-prefix-p (substring left (length before)) (fimd--suggestion-text suggestion))
               (equal right (concat (fimd--suggestion-replaced suggestion)
                                    (fimd--suggestion-after suggestion))))
      (- (length left) (length before)))))

(defun fimd--rest ()
  "What is left of the first suggestion at point; nil if there is none."
  (when-let* ((suggestion (car fimd--suggestions))
              (typed (fimd--typed suggestion))
              (rest (substring (fimd--suggestion-text suggestion) typed)))
    (and (not (string-empty-p rest)) rest)))

(defun fimd--popup-p ()
  "Whether a popup of completions is open, whose turn it is."
  (or completion-in-region-mode
      (bound-and-true-p company-candidates)
      (let ((frame (bound-and-true-p corfu--frame)))
        (and (frame-live-p frame) (frame-visible-p frame)))))

(defun fimd--erase ()
  "Take the ghost text off the screen."
  (setq fimd--visible nil)
  (when fimd--overlay
    (delete-overlay fimd--overlay)))

(defun fimd--clear ()
  "Take the ghost text away and forget what was asked."
  (fimd--erase)
  (setq fimd--suggestions nil
        fimd--asked nil))

(defun fimd--draw (rest)
  "Show REST of the first suggestion at point.
What stands to its right and is not simply pushed aside is covered, with what
will remain of it."
  (let* ((suggestion (car fimd--suggestions))
         (covers (or (string-search "\n" rest)
                     (not (string-empty-p (fimd--suggestion-replaced suggestion)))))
         (end (if covers (line-end-position) (point)))
         (kept (if covers
                   (buffer-substring (+ (point) (length (fimd--suggestion-replaced suggestion)))
                                     (line-end-position))
                 ""))
         (ghost (concat (propertize rest 'face 'fimd-ghost) kept)))
    (put-text-property 0 1 'cursor t ghost)
    (unless fimd--overlay
      (setq fimd--overlay (make-overlay (point) (point)))
      (overlay-put fimd--overlay 'priority 1000))
    (move-overlay fimd--overlay (point) end (current-buffer))
    (let ((empty (= end (point))))
      (overlay-put fimd--overlay 'after-string (and empty ghost))
      (overlay-put fimd--overlay 'display (and (not empty) ghost)))
    (setq fimd--visible t)))

(defun fimd--show ()
  "Show what fits at point.  Return nil if nothing does."
  (when-let ((rest (fimd--rest)))
    (if (fimd--popup-p)
        (fimd--erase)
      (fimd--draw rest))
    t))

(defun fimd--params (kind)
  "Parameters of a request at point, KIND being 1 for the user's and 2 for ours."
  (list :textDocument (list :uri fimd--uri)
        :position (fimd--position (point))
        :context (list :triggerKind kind)
        :formattingOptions (list :tabSize tab-width
                                 :insertSpaces (if indent-tabs-mode :json-false t))))

(defun fimd--request (kind)
  "Ask for suggestions at point; for KIND see `fimd--params'."
  (when (and fimd--uri (fimd--running-p))
    (fimd--flush)
    (let* ((buffer (current-buffer)) (line (fimd--line)) (params (fimd--params kind))
           (character (plist-get (plist-get params :position) :character))
           (asked (list kind)))
      (setq fimd--asked asked)
      (fimd--ask :textDocument/inlineCompletion params
                 (lambda (result)
                   (when (buffer-live-p buffer)
                     (with-current-buffer buffer
                       (when (eq asked fimd--asked)
                         (fimd--on-answer (plist-get result :items) line character)))))))))

(defun fimd--on-answer (items line character)
  "Show ITEMS, which were asked for at CHARACTER of LINE."
  (fimd--clear)
  (setq fimd--suggestions
        (delq nil (mapcar (lambda (item) (fimd--make-suggestion item line character)) items)))
  (when (and (eq (current-buffer) (window-buffer)) (not (minibufferp)) (fimd--show))
    (fimd--send :textDocument/didShowCompletion
                (list :item (fimd--suggestion-item (car fimd--suggestions))))))

(defun fimd--ask-later ()
  "Ask for suggestions when no key comes for a while."
  (when (timerp fimd--timer)
    (cancel-timer fimd--timer))
  (when (fimd--automatic-p)
    (setq fimd--timer
          (run-with-timer fimd-idle-delay nil
                          (lambda (buffer tick)
                            (when (and (eq buffer (current-buffer))
                                       (= tick (buffer-chars-modified-tick)))
                              (fimd--request 2)))
                          (current-buffer) (buffer-chars-modified-tick)))))

(defvar fimd--focused nil "The URI of the document that the server believes is in front.")

(defun fimd--focus ()
  "Tell the server if another document is in front."
  (unless (or (not fimd--uri) (equal fimd--uri fimd--focused))
    (setq fimd--focused fimd--uri)
    (fimd--send :$/fimd/didFocus (list :textDocument (list :uri fimd--uri)))))

(defun fimd--post-command ()
  "Follow what the command did to the ghost text."
  (fimd--focus)
  (let ((changed (not (eql fimd--tick (buffer-chars-modified-tick)))))
    (setq fimd--tick (buffer-chars-modified-tick))
    (unless (fimd--show) ; an answer on its way may fit yet
      (fimd--erase)
      (setq fimd--suggestions nil)
      (when (and changed (not buffer-read-only) (not (fimd--popup-p)))
        (fimd--ask-later)))))

;;;; Commands

(defun fimd--insert (rest count)
  "Insert the first COUNT characters of REST, which is what is left at point."
  (let* ((suggestion (car fimd--suggestions))
         (text (fimd--suggestion-text suggestion))
         (item (fimd--suggestion-item suggestion))
         (all (= count (length rest)))
         (piece (substring rest 0 count))
         (done (+ (- (length text) (length rest)) count)))
    (fimd--erase)
    (when all
      (setq fimd--suggestions nil)
      (delete-char (length (fimd--suggestion-replaced suggestion))))
    (insert piece)
    (fimd--flush)
    (if all
        (when-let ((command (plist-get item :command)))
          (fimd--ask :workspace/executeCommand
                     (list :command (plist-get command :command)
                           :arguments (plist-get command :arguments))
                     #'ignore))
      (when-let ((above (string-search "\n" (reverse (substring text 0 done)))))
        (let ((above (- done above)))
          (setf (fimd--suggestion-bol suggestion) (car (fimd--line))
                (fimd--suggestion-before suggestion) ""
                (fimd--suggestion-text suggestion) (substring text above))
          (cl-incf (fimd--suggestion-skipped suggestion) above)
          (cl-decf done above)))
      (setq fimd--suggestions (list suggestion))
      (let ((accepted (substring (plist-get item :insertText) 0
                                 (+ (fimd--suggestion-skipped suggestion) done))))
        (fimd--send :textDocument/didPartiallyAcceptCompletion
                    (list :item item
                          :acceptedLength (/ (string-bytes (encode-coding-string accepted
                                                                                 'utf-16le))
                                             2)))))))

(defun fimd--accept (pattern)
  "Accept of the ghost text what PATTERN matches at its beginning."
  (when-let ((rest (fimd--rest)))
    (fimd--insert rest (if (string-match (concat "\\`\\(?:" pattern "\\)") rest)
                           (match-end 0)
                         (length rest)))))

(defun fimd-accept ()
  "Insert the ghost text."
  (interactive "*")
  (fimd--accept "\\(?:.\\|\n\\)*"))

(defun fimd-accept-word ()
  "Insert the next word of the ghost text."
  (interactive "*")
  (fimd--accept "[ \t\n]*\\(?:[[:alnum:]_]+\\|[^[:alnum:]_ \t\n]+\\)"))

(defun fimd-accept-line ()
  "Insert the ghost text up to the end of its line."
  (interactive "*")
  (fimd--accept "\n?[^\n]*"))

(defun fimd-dismiss ()
  "Take the ghost text away until something is typed."
  (interactive)
  (fimd--clear))

(defun fimd-next ()
  "Show the next suggestion, where there are several."
  (interactive)
  (setq fimd--suggestions (append (cdr fimd--suggestions)
                                  (and fimd--suggestions (list (car fimd--suggestions))))))

(defun fimd-suggest ()
  "Ask for a suggestion now."
  (interactive)
  (unless fimd--uri
    (user-error (if (bound-and-true-p fimd-mode)
                    "The server does not run; see *fimd log*"
                  "Turn on fimd-mode first")))
  (fimd--request 1))

(defvar fimd-ghost-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "TAB") #'fimd-accept)
    (define-key map (kbd "<tab>") #'fimd-accept)
    (define-key map (kbd "M-<right>") #'fimd-accept-word)
    (define-key map (kbd "M-<end>") #'fimd-accept-line)
    (define-key map (kbd "C-g") #'fimd-dismiss)
    (define-key map (kbd "M-n") #'fimd-next)
    map)
  "Keys that are ours while ghost text is visible, and only then.")

(defvar fimd--emulation-alist `((fimd--visible . ,fimd-ghost-map)))
(add-to-list 'emulation-mode-map-alists 'fimd--emulation-alist)

(provide 'fimd-ghost)

;;; fimd-ghost.el ends here
