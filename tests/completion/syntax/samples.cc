#include "tests/completion/syntax/samples.h"

#include <array>

namespace fimd {
namespace {

constexpr auto kSamples = std::to_array<Sample>({
    {"python", R"~~(import os
from sys import (
    argv,
    path,
)


class Stack:
    """A stack's text: (not code]."""

    def push(self, item):^
        if item is None:
            raise ValueError("no (item")
        self.items.append(item)  # don't
        return [
            item,
        ]<1><2>

    def pop(self):
        return self.items.pop()


print(Stack().pop())
)~~"},
    {"c", R"~~(#include <stdio.h>

struct point {
  int x, y;
};

/* ( */
static int sum(const int *values, int count) {^
  int total = 0;
  for (int i = 0; i < count; ++i) {
    if (values[i] == ')') continue;
    total += values[i];
  }
  return total;
<1>}<2>

int main(void) {
  printf("%d {\n", sum(0, 0));
  return 0;
}
)~~"},
    {"cpp", R"~~(#include <vector>

namespace shapes {

template <typename T>
class Box {
 public:
  explicit Box(T value) : value_(value) {}

  T scaled(T by) const {^
    auto twice = [&](T x) { return x * by; };
    const char* text = R"(} it's )";
    return text ? twice(value_) : 1'000;
  <1>}<2>

 private:
  T value_;
};

}  // namespace shapes
)~~"},
    {"javascript", R"~~(import { a, b } from "./ab.js";

export class Queue {
  constructor() {
    this.items = [];
  }

  next(name) {^
    const pattern = /[(]}/;
    if (pattern.test(`${name} { ${this.items.map((x) => { return x; })}`)) {
      return { name, a, b };
    }
    return null;
  <1>}<2>
}

const queue = new Queue();
queue.next("it's");
)~~"},
    {"typescript", R"~~(import type { Node } from "./node";

export interface Shape {
  area(): number;
}

export function total(shapes: Shape[]): number {^
  let sum = 0;
  for (const shape of shapes) {
    sum += shape.area();
  }
  return sum;
<1>}<2>

enum Colour { Red, Green }
const first: Colour = Colour.Red;
)~~"},
    {"typescriptreact", R"~~(import React from "react";

export function List(props: { names: string[] }) {^
  const rows = props.names.map((name) => {
    return <li key={name}>{name}</li>;
  });
  return <ul className="list">{rows}</ul>;
<1>}<2>

export default List;
)~~"},
    {"rust", R"~~(use std::collections::HashMap;

pub struct Counter<'a> {
    counts: HashMap<&'a str, usize>,
}

impl<'a> Counter<'a> {
    pub fn add(&mut self, word: &'a str) -> usize {^
        let count = self.counts.entry(word).or_insert(0);
        *count += if word.starts_with('{') { 2 } else { 1 };
        match *count {
            1 => 1,
            n => n,
        }
    <1>}<2>
}

fn main() {
    println!("{}", r#"a "quoted" ("#);
}
)~~"},
    {"go", R"~~(package main

import (
    "fmt"
    "os"
)

type Point struct {
    X, Y int
}

func (p Point) Scale(by int) Point {^
    if by == '{' {
        fmt.Fprintln(os.Stderr, `raw { "text`)
    }
    return Point{X: p.X * by, Y: p.Y * by}
<1>}<2>

func main() {
    fmt.Println(Point{1, 2}.Scale(3))
}
)~~"},
    {"java", R"~~(package demo;

import java.util.List;

public class Names {
    private final List<String> names;

    public Names(List<String> names) {
        this.names = names;
    }

    public int longest() {^
        int length = 0;
        for (String name : names) {
            length = Math.max(length, name.length());
        }
        return length;
    <1>}<2>
}
)~~"},
    {"shellscript", R"~~(#!/bin/bash
# It's a script.
greet() {
  echo "Hello $(name "$1")"
}

if [ -n "$1" ]; then^
  for word in "$@"; do
    case "$word" in
      a) greet a ;;
      *) greet 'someone (' ;;
    esac
  done
<1>fi<2>

greet world
)~~"},
    {"json", R"~~({
  "name": "fimd",
  "files": {^
    "include": ["a", "b}"],
    "deep": { "x": 1 }
  <1>}<2>,
  "version": 1
}
)~~"},
    {"lua", R"~~(local json = require("json")

local Stack = {}

function Stack.push(self, item)^
  if item == nil then
    error("no (item")
  end
  for i = 1, 3 do
    table.insert(self, { item, i })
  end
  return [[ end ]]
<1>end<2>

return Stack
)~~"},
    {"csharp", R"~~(using System;
using System.Linq;

namespace Demo
{
    public class Greeter
    {
        private readonly string name;

        public string Greet(int times)
        {^
            var text = "";
            for (var i = 0; i < times; i++)
            {
                text += $"Hello {name}" + @"C:\";
            }
            return text;
        <1>}<2>
    }
}
)~~"},
    {"ruby", R"~~(require "set"

module Shapes
  class Circle
    def area(radius)^
      return 0 if radius.nil?
      [1, 2].each do |x|
        puts "#{x} of {"
      end
      unless radius == 1
        radius * 2
      else
        3
      end
    <1>end<2>

    def name
      'circle'
    end
  end
end
)~~"},
    {"php", R"~~(<?php

use App\Models\User;

class Basket
{
    private array $items = [];

    public function total(int $factor): int
    {^
        $sum = 0;
        foreach ($this->items as $item) {
            $sum += $item['price'] * $factor;
        }
        return $sum;
    <1>}<2>
}

echo (new Basket())->total(2);
)~~"},
    {"css", R"~~(@import "base.css";

.button {^
  color: #fff;
  content: "a(b";
<1>}<2>

@media (max-width: 100px) {
  .button { display: none; }
}
)~~"},
    {"html", R"~~(<!DOCTYPE html>
<html>
  <body>
    <ul class="list">^
      <li>It's one</li>
      <li><b>two</b></li>
    <1></ul><2>
    <p>Text (with brackets</p>
  </body>
</html>
)~~"},
    {"yaml", R"~~(# It's a file.
name: build
jobs:
  test:^
    runs-on: "ubuntu"
    steps:
      - run: make test
      - name: it's done<1><2>
  lint:
    runs-on: other
)~~"},
    {"toml", R"~~([package]
name = "demo"
keywords = [
  "a",
  "b]",
]

[dependencies]
serde = {^ version = "1", features = ["derive"] <1>}<2>
)~~"},
    {"kotlin", R"~~(package demo

import kotlin.math.max

class Longest(private val names: List<String>) {
    fun length(): Int {^
        var length = 0
        for (name in names) {
            println("${name.map { it.code }} {")
            length = max(length, name.length)
        }
        return length
    <1>}<2>

    companion object {
        const val NAME = 'x'
    }
}
)~~"},
    {"swift", R"~~(import Foundation

struct Counter {
    var count = 0

    mutating func add(_ value: Int) -> Int {^
        if value > 0 {
            print("added \(value + [1].count) {")
        }
        count += value
        return count
    <1>}<2>
}

print(Counter().count)
)~~"},
});

}  // namespace

std::span<const Sample> all_samples() {
  return kSamples;
}

}  // namespace fimd
