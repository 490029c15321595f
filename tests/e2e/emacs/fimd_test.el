;; What needs no screen and no server.  -*- lexical-binding: t -*-
;; emacs -Q --batch -L editors/emacs -l fimd_test.el -f ert-run-tests-batch-and-exit
(require 'ert)
(require 'fimd)

(defvar fimd-test--mirror nil "The server's text of the document, from what was sent.")

(defun fimd-test--offset (position)
  "The offset of POSITION in the mirror."
  (with-temp-buffer
    (insert fimd-test--mirror)
    (goto-char (point-min))
    (forward-line (plist-get position :line))
    (+ (1- (point)) (plist-get position :character))))

(defun fimd-test--receive (method params)
  "Do to the mirror what a server does on METHOD with PARAMS."
  (when (eq method :textDocument/didChange)
    (seq-doseq (change (plist-get params :contentChanges))
      (let* ((range (plist-get change :range))
             (first (if range (fimd-test--offset (plist-get range :start)) 0))
             (last (if range (fimd-test--offset (plist-get range :end))
                     (length fimd-test--mirror))))
        (setq fimd-test--mirror (concat (substring fimd-test--mirror 0 first)
                                        (plist-get change :text)
                                        (substring fimd-test--mirror last)))))))

(defmacro fimd-test--with-document (text &rest body)
  "Run BODY in a buffer of TEXT that a mirror follows."
  (declare (indent 1))
  `(with-temp-buffer
     (insert ,text)
     (buffer-enable-undo)
     (setq fimd--uri "file:///x"
           fimd-test--mirror (fimd--text (point-min) (point-max)))
     (add-hook 'before-change-functions #'fimd--before-change nil t)
     (add-hook 'after-change-functions #'fimd--after-change nil t)
     (cl-letf (((symbol-function 'fimd--send) #'fimd-test--receive))
       ,@body)
     (setq fimd--uri nil)))

(defun fimd-test--edit ()
  "Change something at random."
  (let ((place (1+ (random (1+ (buffer-size))))))
    (goto-char place)
    (pcase (random 10)
      (0 (insert "\n"))
      (1 (insert "word \U0001f600"))
      (8 (insert "\r" (if (zerop (random 2)) "" "\n")))
      (9 (insert (string #xd83d (unibyte-char-to-multibyte 200))))
      (2 (delete-region place (min (point-max) (+ place (random 9)))))
      (3 (upcase-region place (min (point-max) (+ place 20))))
      (4 (sort-lines nil (point-min) place))
      (5 (while (re-search-forward "o" nil t) (replace-match "00")))
      (6 (transpose-regions (point-min) (/ (+ (point-min) place) 2) place place))
      (7 (save-restriction
           (narrow-to-region place (point-max))
           (goto-char (point-min))
           (insert "narrow")
           (indent-rigidly (point-min) (point-max) 2))))))

(ert-deftest fimd-server-sees-the-same-text ()
  "Whatever changed the buffer."
  (random "fimd")
  (fimd-test--with-document "one\n  two\n\nthree four\n"
    (dotimes (round 300)
      (dotimes (_ (1+ (random 3)))
        (fimd-test--edit))
      (when (> (buffer-size) 2000)
        (delete-region 500 (point-max)))
      (fimd--flush)
      (ert-info ((format "round %d" round))
        (should (equal fimd-test--mirror (fimd--text (point-min) (point-max))))
        (should-not (string-search "\r" fimd-test--mirror))))))

(ert-deftest fimd-server-sees-an-undo ()
  (fimd-test--with-document "one\ntwo\n"
    (undo-boundary)
    (goto-char 2)
    (insert "x\ny")
    (undo-boundary)
    (delete-region 1 5)
    (undo-boundary)
    (fimd--flush)
    (should (equal fimd-test--mirror (buffer-string)))
    (primitive-undo 2 buffer-undo-list)
    (fimd--flush)
    (should (equal fimd-test--mirror (buffer-string)))))

;; A CR, halves of a surrogate pair, what is beyond Unicode, bytes; in a buffer of bytes too.
(ert-deftest fimd-text-is-sent-as-the-protocol-can-hold-it ()
  (pcase-dolist (`(,text ,sent)
                 `(("#a\rb\n" "#a b\n") ("a\r\n" "a \n") ("e\u00e9\U0001f600" "e\u00e9\U0001f600")
                   (,(string ?a #xd83d ?b) "a\ufffdb") (,(string #xdfff #xd800) "\ufffd\ufffd")
                   (,(string #x110000 ?b #x3fff7f) "\ufffdb\ufffd")
                   (,(string ?a (unibyte-char-to-multibyte 200) ?b) "a\ufffdb")))
    (with-temp-buffer
      (insert text)
      (should (equal (fimd--text (point-min) (point-max)) sent))
      (should (json-serialize (vector (fimd--text (point-min) (point-max)))))))
  (with-temp-buffer
    (set-buffer-multibyte nil)
    (insert "caf\351\r")
    (should (equal (fimd--text (point-min) (point-max)) "caf\ufffd "))))

(ert-deftest fimd-a-server-is-started-again-four-times-in-three-minutes ()
  (let ((fimd--crashes nil))
    (should (equal (mapcar #'fimd--may-restart-p '(0 1 2 3 4 5)) '(t t t t nil nil)))
    (should (fimd--may-restart-p 200))))

;; What the server tells it writes to stderr too, where lines come in pieces.
(ert-deftest fimd-log-has-each-line-once ()
  (with-current-buffer (get-buffer-create "*fimd log*")
    (erase-buffer)
    (let ((process (make-pipe-process :name "fimd-test" :noquery t)))
      (fimd--log-stderr process "fimd: warn")
      (fimd--log-stderr process "ing: one\nfimd: no such")
      (fimd--log-once "one")
      (fimd--log-once "two")
      (fimd--log-stderr process " thing\nfimd: error: two\n")
      (delete-process process))
    (should (equal (replace-regexp-in-string "^[0-9:]+ " "" (buffer-string))
                   "one\ntwo\nfimd: no such thing\n"))))

;; Whatever part of its status a server leaves out; what only we know goes before it.
(ert-deftest fimd-status-says-model-state-and-reason ()
  (with-temp-buffer
    (setq major-mode 'python-mode
          fimd--uri "file:///p/q.py")
    (pcase-dolist
        (`(,status ,said)
         '((nil "") ((:kind "Normal" :message "") "")
           ((:message "" :model "demo") "; model demo")
           ((:message "loading demo" :model "demo" :state "loading" :percent 40)
            "; model demo (loading); loading demo, 40 %")
           ((:message "ignored" :model "demo" :state "ready"
             :silence (:uri "file:///p/q.py" :reason "ignored" :text "ignored"))
            "; model demo (ready); ignored")
           ((:message "" :silence (:uri "file:///p/other.py" :reason "ignored")) "")
           ((:message "" :silence (:uri "file:///p/q.py" :reason "prose")) "; prose")))
      (let ((fimd--status status))
        (should (equal (fimd--describe)
                       (concat "fimd: the server does not run and has this buffer" said)))))
    (let ((fimd--status '(:silence (:uri "file:///p/q.py" :reason "prose"))) (fimd--snoozed t))
      (should (string-suffix-p "; snoozed: suggests only when asked" (fimd--describe))))))

(ert-deftest fimd-a-pause-is-told-to-the-server ()
  (let ((fimd-settings '(:trigger "automatic")) (fimd--snoozed t))
    (should (equal (fimd--settings) '(:trigger "manual")))
    (should-not (fimd--automatic-p))
    (should (equal fimd-settings '(:trigger "automatic")))))

(ert-deftest fimd-a-language-is-turned-off-and-on ()
  (let ((fimd-settings '(:enable (:* t) :trigger "manual")))
    (fimd--enable-language "rust" nil)
    (should (equal fimd-settings '(:enable (:* t :rust :json-false) :trigger "manual")))
    (fimd--enable-language "rust" t)
    (should (equal fimd-settings '(:enable (:* t :rust t) :trigger "manual")))))

(ert-deftest fimd-menu-has-commands-only ()
  (let ((map (lookup-key fimd-mode-map [menu-bar Fimd])))
    (should (keymapp map))
    (map-keymap (lambda (_ item)
                  (when-let ((command (nth 2 item)))
                    (should (commandp command))))
                map)))

(defun fimd-test--rest (annotated text first last now)
  "What is left of TEXT for FIRST to LAST at ^ of ANNOTATED, once the buffer is NOW."
  (with-temp-buffer
    (insert annotated)
    (search-backward "^")
    (delete-char 1)
    (let ((item (list :insertText text
                      :range (list :start (list :line 0 :character first)
                                   :end (list :line 0 :character last)))))
      (setq fimd--suggestions
            (delq nil (list (fimd--make-suggestion item (fimd--line) (1- (point)))))))
    (erase-buffer)
    (insert now)
    (search-backward "^")
    (delete-char 1)
    (fimd--rest)))

(ert-deftest fimd-suggestion-follows-typing ()
  (pcase-dolist (`(,now ,rest)
                 '(("items.ap^)" "pend(item)") ("items.appe^)" "nd(item)") ("items.^)" "append(item)")
                   ("items.apx^)" nil) ("items.appe^))" nil) ("items^)" nil)
                   ("items.append(item)^)" nil) ("\nitems.ap^)" nil)))
    (ert-info (now)
      (should (equal (fimd-test--rest "items.ap^)" "append(item)" 6 9 now) rest)))))

(ert-deftest fimd-range-beyond-the-cursor-is-no-suggestion ()
  (should-not (fimd-test--rest "ab^c" "x" 3 3 "ab^c")))

(ert-deftest fimd-languages-are-enabled-by-name ()
  (with-temp-buffer
    (let ((fimd-settings '(:enable (:* :json-false :python t))))
      (setq major-mode 'python-mode)
      (should (fimd--language-enabled-p))
      (setq major-mode 'python-ts-mode)
      (should (fimd--language-enabled-p))
      (setq major-mode 'c++-mode)
      (should (equal (fimd--language-id) "cpp"))
      (should-not (fimd--language-enabled-p)))
    (let ((fimd-settings nil))
      (should (fimd--language-enabled-p)))))

(ert-deftest fimd-settings-are-flattened-for-lsp-mode ()
  (should (equal (fimd--flatten '(:trigger "manual" :inComments :json-false
                                  :context (:neighbours t))
                                "fimd")
                 '(("fimd.trigger" "manual" nil) ("fimd.inComments" nil t)
                   ("fimd.context.neighbours" t t)))))
