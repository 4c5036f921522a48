"""The native charts of the default template, each fed by the model rows of one table."""

from __future__ import annotations

from typing import Literal

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

from paqte.reporting import charte
from paqte.reporting.dessin.motifs import styles

# The tick of 100 % says what it is; the ticks between have no label, the line at 100 % is the mark.
_MARK = r'[=1]"{} : 100 %";0\ %'
_RATE = r'[>1.5]#,##0\ %" →";0\ %'
OBJECTIF, PREVISION = ("objectif", "de l’objectif"), ("prévision", "de la prévision")


def rate_chart(
    sheet: Worksheet, subject: str, rows: tuple[int, int], labels: int, rates: int, *, aim: tuple[str, str] = OBJECTIF
) -> BarChart:
    """One bar a row, achieved in percent of what was aimed at, with a line at 100 %. `aim` says what that is."""
    top, bottom = rows
    chart = _bars("bar", f"{subject} : réalisé depuis le début, en % {aim[1]}")
    series = Series(Reference(sheet, min_col=rates, min_row=top, max_row=bottom), title=f"Réalisé en % {aim[1]}")
    series.graphicalProperties = GraphicalProperties(solidFill=charte.ACCENT)
    series.dLbls = _labels(_RATE)
    chart.series.append(series)
    _set_categories(chart, Reference(sheet, min_col=labels, min_row=top, max_row=bottom))
    chart.gapWidth = 55
    chart.x_axis.spPr = GraphicalProperties(ln=_stroke(charte.GRIS, 19050))
    chart.legend = None
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"
    # Beyond the end of the axis a bar is cut, and its label says its value with an arrow (remplissage.graphiques).
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1.25
    chart.y_axis.majorUnit = 1
    chart.y_axis.number_format = _MARK.format(aim[0])
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=_stroke(charte.ALERTE, 15875, "dash")))
    chart.plot_area.layout = Layout(ManualLayout("inner", "edge", "edge", x=0.44, y=0.13, w=0.53, h=0.74))
    return chart


def evolution_chart(sheet: Worksheet, top: int, bottom: int, labels: int, columns: tuple[int, int]) -> BarChart:
    """Signatories of each semester, companies beside the others (never added, R2)."""
    chart = _bars("col", "Signataires par semestre")
    for column, colour in zip(columns, (charte.ACCENT, charte.SECOND), strict=True):
        values = Reference(sheet, min_col=column, min_row=top - 1, max_row=bottom)
        series = Series(values, title_from_data=True)
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.dLbls = _labels("0")
        chart.series.append(series)
    _set_categories(chart, Reference(sheet, min_col=labels, min_row=top, max_row=bottom))
    chart.gapWidth = 80
    chart.legend.position = "b"
    chart.legend.txPr = _text(8)
    chart.y_axis.number_format = "0"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=_stroke(charte.TRAIT, 6350)))
    return chart


def place(sheet: Worksheet, chart: BarChart, first: int, last: int, columns: int, *, first_column: int = 1) -> None:
    """Put a chart over whole rows `first` to `last` (from 1), moving with them but never resized."""
    start = AnchorMarker(col=first_column - 1, row=first - 1)
    end = AnchorMarker(col=columns, row=last)
    chart.anchor = TwoCellAnchor("oneCell", start, end)  # type: ignore[assignment]
    sheet.add_chart(chart)


def _bars(kind: str, title: str) -> BarChart:
    chart = BarChart()
    chart.type = kind
    chart.title = _title(title)
    chart.display_blanks = "gap"
    chart.visible_cells_only = False
    chart.roundedCorners = False
    chart.overlap = 0
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.title = None
        axis.majorTickMark = "none"
        axis.txPr = _text(8)
        axis.spPr = GraphicalProperties(ln=_stroke(charte.GRIS, 6350))
    chart.y_axis.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.x_axis.majorGridlines = None
    chart.x_axis.tickLblPos = "low"
    return chart


def _set_categories(chart: BarChart, labels: Reference) -> None:
    """Categories are texts: openpyxl would call them numbers."""
    for series in chart.series:
        series.cat = AxDataSource(strRef=StrRef(f=str(labels)))


def _labels(number_format: str) -> DataLabelList:
    # White behind the figure, so that the line at 100 % does not strike it out.
    white = GraphicalProperties(solidFill="FFFFFF", ln=LineProperties(noFill=True))
    labels = DataLabelList(showVal=True, dLblPos="outEnd", numFmt=number_format, txPr=_text(8), spPr=white)
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    return labels


def _stroke(colour: str, width: int, dash: Literal["solid", "dash"] = "solid") -> LineProperties:
    return LineProperties(solidFill=colour, w=width, prstDash=dash)


def _character(size: float, bold: bool = False, colour: str = charte.ENCRE) -> CharacterProperties:
    return CharacterProperties(latin=Font(typeface=styles.POLICE), sz=int(size * 100), b=bold, solidFill=colour)


def _text(size: float) -> RichText:
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=_character(size)), endParaRPr=CharacterProperties())
    # Level, said outright: else LibreOffice leaves out each label that another would touch.
    return RichText(RichTextProperties(rot=0), p=[paragraph])


def _title(text: str) -> Title:
    run = RegularTextRun(rPr=_character(9, bold=True, colour=charte.FONCE), t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=_character(9, True, charte.FONCE)), r=[run])
    return Title(tx=Text(rich=RichText(RichTextProperties(), p=[paragraph])), overlay=False)
