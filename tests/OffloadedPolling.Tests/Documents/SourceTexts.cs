using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OffloadedPolling.Tests.Documents;

/// <summary>The English in C# source: XML comments, other comments and string literals.</summary>
internal static partial class SourceTexts
{
    private static readonly CSharpParseOptions _withComments = new(LanguageVersion.Preview, DocumentationMode.Parse);

    /// <summary>Returns the text of each XML element, such as a summary. Code and references count as one word.</summary>
    public static IEnumerable<string> XmlComments(string source) => Trivia(source)
        .Select(trivia => trivia.GetStructure()).OfType<DocumentationCommentTriviaSyntax>()
        .SelectMany(comment => ElementEnd().Split(CommentMargin().Replace(comment.ToFullString(), " ")))
        .Select(text => Tag().Replace(CodeOrReference().Replace(text, "Code"), " "))
        .Select(text => Space().Replace(text, " ").Trim())
        .Where(text => text.Length > 0);

    /// <summary>Returns the comments that explain code.</summary>
    public static IEnumerable<string> Comments(string source) => Trivia(source)
        .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
        .Select(trivia => trivia.ToString());

    /// <summary>Returns the literals that have at least three words. Literals that are concatenated are one text.</summary>
    public static IEnumerable<string> Messages(string source)
    {
        var root = CSharpSyntaxTree.ParseText(source, _withComments).GetRoot();
        return root.DescendantNodes().OfType<ExpressionSyntax>()
            .Where(node => IsText(node) && !(node.Parent is ExpressionSyntax parent && IsText(parent)))
            .Select(TextOf)
            .Where(text => Prose.Words(text) >= 3);
    }

    private static IEnumerable<SyntaxTrivia> Trivia(string source) =>
        CSharpSyntaxTree.ParseText(source, _withComments).GetRoot().DescendantTrivia();

    private static bool IsText(ExpressionSyntax node) =>
        node.IsKind(SyntaxKind.StringLiteralExpression)
        || node is InterpolatedStringExpressionSyntax
        || (node.IsKind(SyntaxKind.AddExpression) && node is BinaryExpressionSyntax { Left: var left, Right: var right }
            && IsText(left) && IsText(right));

    private static string TextOf(ExpressionSyntax node) => node switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        InterpolatedStringExpressionSyntax interpolated => string.Concat(interpolated.Contents.Select(part =>
            part is InterpolatedStringTextSyntax text ? text.TextToken.ValueText : "…")),
        BinaryExpressionSyntax sum => TextOf(sum.Left) + TextOf(sum.Right),
        _ => "",
    };

    [GeneratedRegex(@"^\s*///?", RegexOptions.Multiline)]
    private static partial Regex CommentMargin();

    [GeneratedRegex("</(?:summary|remarks|param|typeparam|returns|value|exception|para|item|description)>")]
    private static partial Regex ElementEnd();

    [GeneratedRegex("<(?:see|paramref|typeparamref)[^>]*/>|<(c|code|see)\\b[^>]*>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex CodeOrReference();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
