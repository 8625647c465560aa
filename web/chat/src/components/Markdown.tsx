import { Fragment, memo } from 'react';
import { parseMarkdown, type Block, type Inline } from '../markdown';

/** Text of the assistant or the shop, drawn from React elements only: nothing in it can become markup. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="space-y-2">
      {parseMarkdown(text, location.host).map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
});

function BlockView({ block }: { block: Block }) {
  if (block.kind === 'paragraph') {
    return (
      <p dir="auto">
        {block.lines.map((line, index) => (
          <Fragment key={index}>
            {index > 0 && <br />}
            <InlineView nodes={line} />
          </Fragment>
        ))}
      </p>
    );
  }
  const items = block.items.map((item, index) => (
    <li key={index} dir="auto" className="pl-1">
      <InlineView nodes={item} />
    </li>
  ));
  return block.ordered ? (
    <ol start={block.start} className="list-decimal space-y-1 pl-6">
      {items}
    </ol>
  ) : (
    <ul className="list-disc space-y-1 pl-5">{items}</ul>
  );
}

function InlineView({ nodes }: { nodes: Inline[] }) {
  return nodes.map((node, index) => {
    switch (node.kind) {
      case 'text':
        return <Fragment key={index}>{node.text}</Fragment>;
      case 'strong':
        return (
          <strong key={index} className="font-semibold">
            <InlineView nodes={node.children} />
          </strong>
        );
      case 'em':
        return (
          <em key={index}>
            <InlineView nodes={node.children} />
          </em>
        );
      case 'link':
        return (
          <a key={index} href={node.href} className="font-medium text-link underline underline-offset-2">
            <InlineView nodes={node.children} />
          </a>
        );
    }
  });
}
