/** As much of the DOM as is read here: the types of a whole browser would be global to every file of the project. */
export interface PageNode {
  readonly nodeType: number;
  readonly textContent: string | null;
  readonly previousSibling: PageNode | null;
}

export interface PageElement extends PageNode {
  readonly localName: string;
  readonly id: string;
  readonly parentElement: PageElement | null;
  readonly previousElementSibling: PageElement | null;
  readonly lastChild: PageNode | null;
  readonly childNodes: Iterable<PageNode>;
  readonly ownerDocument: PageDocument;
  innerHTML: string;
  hasAttribute(name: string): boolean;
  getAttribute(name: string): string | null;
  removeAttribute(name: string): void;
  remove(): void;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  append(...nodes: PageNode[]): void;
  replaceWith(node: PageNode): void;
}

export interface PageDocument {
  readonly title: string;
  readonly documentElement: PageElement;
  createElement(name: string): PageElement;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}
